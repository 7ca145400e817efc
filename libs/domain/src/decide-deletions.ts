import type { Account, UserKey } from './account.ts';
import { keysOf } from './codes.ts';
import type { ImportPlan } from './import-plan.ts';
import type { RowOutcome } from './outcome.ts';
import { rowError } from './row-error.ts';
import type { NumberedRow, UserDeletion } from './rows/row-types.ts';
import type { AccountChange } from './writes.ts';
import { nothing } from './writes.ts';

/**
 * Decides the deletions of one account's users, in file order. The account goes with its last user unless that user's row, or else
 * the job, asks to preserve it; an account that was empty before stays.
 */
export function decideDeletions(before: Account | undefined, rows: readonly NumberedRow<UserDeletion>[], plan: ImportPlan): AccountChange {
  let account = before;
  const outcomes: RowOutcome[] = [];
  const freed: string[] = [];
  const erased: string[] = [];
  const doNotTrack: UserKey[] = [];
  for (const { row } of rows) {
    const user = account?.users.find((candidate) => candidate.id === row.id);
    if (account === undefined || user === undefined) {
      outcomes.push({ kind: 'failed', error: rowError('NOT_FOUND', 'No user found for the provided id', 'id') });
      continue;
    }
    const users = account.users.filter((candidate) => candidate !== user);
    const preserve = row.preserveEmptyAccount ?? plan.params.preserveEmptyAccounts;
    account = users.length === 0 && !preserve ? undefined : { ...account, users };
    freed.push(...keysOf(user));
    erased.push(user.incarnation);
    if (row.doNotTrack ?? plan.params.doNotTrack) doNotTrack.push({ accountId: row.accountId, id: row.id });
    outcomes.push({ kind: 'deleted', result: [row.accountId, row.id] });
  }
  return { account, listed: nothing, freed, referrals: nothing, erased, doNotTrack, outcomes };
}
