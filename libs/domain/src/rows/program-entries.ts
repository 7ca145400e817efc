import { badRequest, type RowError } from '../row-error.ts';
import { common, wording } from '../wording.ts';
import { type Field, invalidField, isJsonObject, type ReadCell } from './field.ts';
import type { RowRules } from './row-rules.ts';
import { isShareLink } from './share-link.ts';
import { shownName } from './text.ts';

// Without underscores no program can be called `__proto__`, so plain assignments make the maps.
const programForm = /^[A-Za-z0-9-]{1,64}$/;
const codeForm = /^[A-Za-z0-9]{1,64}$/;

/** True for text that can be a referral code: 1 to 64 ASCII letters and digits. */
export const isReferralCode = (text: string): boolean => codeForm.test(text);

type MapName = 'referralCodes' | 'shareLinks';
type Target = Partial<Record<MapName, Record<string, string>>>;

/** Vanity codes by program. */
export const referralCodes = programEntries({
  name: 'referralCodes',
  prefixes: ['referralCodes.'],
  accepts: isReferralCode,
  message: 'The provided referralCode is empty or invalid',
});

/** Vanity links by program. The help pages spell the columns `sharelinks.`, the API `shareLinks.`. */
export const shareLinks = programEntries({
  name: 'shareLinks',
  prefixes: ['shareLinks.', 'sharelinks.'],
  accepts: isShareLink,
  message: 'You have passed an invalid shareLink',
});

interface ProgramEntries {
  readonly name: MapName;
  readonly prefixes: readonly [string, ...string[]];
  readonly accepts: (text: string, rules: RowRules) => boolean;
  /** What is told of an entry that is not accepted. */
  readonly message: string;
}

function programEntries({ name, prefixes, accepts, message }: ProgramEntries): Field<Target> {
  const invalidEntry = (program: string): RowError => badRequest(message, `${name}.${program}`);
  return {
    name,
    readJson(draft, value, rules) {
      if (!isJsonObject(value)) return invalidField(name);
      const entries: Record<string, string> = {};
      let isEmpty = true;
      for (const program of Object.keys(value)) {
        const entry = value[program];
        if (!programForm.test(program))
          return badRequest(wording`The provided ${common(name)} field is invalid: '${shownName(program)}' is not a program id`, name);
        if (entry === null) continue;
        if (typeof entry !== 'string' || !accepts(entry, rules)) return invalidEntry(program);
        entries[program] = entry;
        isEmpty = false;
      }
      if (!isEmpty) draft[name] = entries;
      return undefined;
    },
    entryColumns: {
      prefixes,
      isKey: (key) => programForm.test(key),
      keyRule: 'a program id has 1 to 64 letters A-Z or a-z, digits or hyphens',
      cellReader: (program, rules): ReadCell<Target> => {
        const error = invalidEntry(program);
        return (draft, cell) => {
          if (!accepts(cell, rules)) return error;
          (draft[name] ??= {})[program] = cell;
          return undefined;
        };
      },
    },
  };
}
