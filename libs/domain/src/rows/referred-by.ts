import { rowError, type RowError } from '../row-error.ts';
import { type Draft, type Field, invalidField, isJsonObject } from './field.ts';
import { isReferralCode } from './program-entries.ts';
import type { UserUpsert } from './row-types.ts';
import { isBlank } from './text.ts';

type Target = Draft<Pick<UserUpsert, 'referredByCodes'>>;

// What can be nobody's code fails as a code that nobody has.
const unknownCode = (column: string): RowError => rowError('NOT_FOUND', 'No referral code found for the provided code', column);

/** The code of the referrer. `referredBy.isConverted` is the classic product's: accepted and ignored. */
export const referredBy: Field<Target> = {
  name: 'referredBy',
  readJson(draft, value) {
    if (!isJsonObject(value)) return invalidField('referredBy');
    const { code } = value;
    if (code === undefined || code === null) return undefined;
    if (typeof code !== 'string') return invalidField('referredBy.code');
    return isBlank(code) ? undefined : addNamed(draft, code);
  },
  column: { name: 'referredBy.code', readCell: addNamed },
};

/** Codes of referrers in several programs, which only JSONL can carry. They come after `referredBy.code`. */
export const referredByCodes: Field<Target> = {
  name: 'referredByCodes',
  readJson(draft, value) {
    if (!Array.isArray(value)) return invalidField('referredByCodes');
    for (const code of value as readonly unknown[]) {
      if (typeof code !== 'string' || isBlank(code)) return invalidField('referredByCodes');
      if (!addReferrer(draft, code)) return unknownCode('referredByCodes');
    }
    return undefined;
  },
};

function addNamed(draft: Target, code: string): RowError | undefined {
  return addReferrer(draft, code) ? undefined : unknownCode('referredBy.code');
}

/** False when the code can be nobody's. */
function addReferrer(draft: Target, code: string): boolean {
  if (!isReferralCode(code)) return false;
  if (draft.referredByCodes === undefined) draft.referredByCodes = [code];
  // `referredBy.code` is an alias of the list, so senders repeat it there.
  else if (!draft.referredByCodes.includes(code)) draft.referredByCodes = [...draft.referredByCodes, code];
  return true;
}
