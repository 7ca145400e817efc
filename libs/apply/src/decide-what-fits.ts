import type { Account, AccountChange, NumberedRow, RowOutcome } from '@advocate/domain';
import { badRequest, wording } from '@advocate/domain';
import type { ParticipantStore } from '@advocate/ports';

type Decide<Row> = (account: Account | undefined, rows: readonly NumberedRow<Row>[]) => AccountChange;

/**
 * Decides an account's rows. Where the account would become larger than the store can keep, each row that makes it so fails, and the others are applied:
 * in file order, so that it does not hang on how the file was cut.
 */
export function decideWhatFits<Row>(
  store: Pick<ParticipantStore, 'fits'>,
  accountId: string,
  before: Account | undefined,
  rows: readonly NumberedRow<Row>[],
  decide: Decide<Row>,
): AccountChange {
  const all = decide(before, rows);
  if (all.account === undefined || all.account === before || store.fits(all.account)) return all;
  const outcomes: RowOutcome[] = [];
  const changes: AccountChange[] = [];
  let account = before;
  for (const row of rows) {
    const change = decide(account, [row]);
    if (change.account === undefined || change.account === account || store.fits(change.account)) {
      changes.push(change);
      outcomes.push(...change.outcomes);
      account = change.account;
    } else {
      outcomes.push({ kind: 'failed', error: tooLarge(accountId) });
    }
  }
  return {
    account,
    listed: changes.flatMap(({ listed }) => listed),
    freed: changes.flatMap(({ freed }) => freed),
    referrals: changes.flatMap(({ referrals }) => referrals),
    erased: changes.flatMap(({ erased }) => erased),
    doNotTrack: changes.flatMap(({ doNotTrack }) => doNotTrack),
    outcomes,
  };
}

const tooLarge = (accountId: string) =>
  badRequest(
    wording`The account ${accountId} would become larger than can be stored; shorten the custom fields of its users, or spread them over accounts`,
    'accountId',
  );
