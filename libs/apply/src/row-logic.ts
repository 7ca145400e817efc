import { hash } from 'node:crypto';
import type {
  Account,
  AccountChange,
  ImportPlan,
  LoadedState,
  NumberedRow,
  RowParser,
  UserDeletion,
  UserKey,
  UserUpsert,
} from '@advocate/domain';
import { codeKey, decideDeletions, decideUpserts, deletionParser, linkKey, userParser } from '@advocate/domain';

/** How one kind of rows is read and decided. */
export interface RowLogic<Row extends UserKey> {
  parser(plan: ImportPlan): RowParser<Row>;
  /** Keys of the codes and links that deciding the row needs to know. */
  codeKeys(row: Row): readonly string[];
  /** Whether rows are refused for users on the do-not-track list. */
  readonly heedsDoNotTrack: boolean;
  /** Decides one account's rows, in file order. Pure. */
  decide(before: Account | undefined, rows: readonly NumberedRow<Row>[], plan: ImportPlan, state: LoadedState): AccountChange;
}

const digest = (text: string): string => hash('sha256', text);

/** For rows of files, whose codes ingestion has claimed. */
export const upsertLogic: RowLogic<UserUpsert> = {
  parser: userParser,
  codeKeys(row) {
    if (row.referredByCodes === undefined && row.referralCodes === undefined && row.shareLinks === undefined) return [];
    return [
      ...(row.referredByCodes ?? []).map(codeKey),
      ...Object.values(row.referralCodes ?? {}).map(codeKey),
      ...Object.values(row.shareLinks ?? {}).map(linkKey),
    ];
  },
  heedsDoNotTrack: true,
  decide(before, rows, plan, state) {
    return decideUpserts(before, rows, { plan, segments: segmentsOf(plan), state, digest, codesAreClaimed: true });
  },
};

/** As {@link upsertLogic}, for a row that comes without a file, so that nothing was claimed for it. */
export const directUpsertLogic: RowLogic<UserUpsert> = {
  ...upsertLogic,
  decide(before, rows, plan, state) {
    return decideUpserts(before, rows, { plan, segments: segmentsOf(plan), state, digest });
  },
};

export const deletionLogic: RowLogic<UserDeletion> = {
  parser: deletionParser,
  codeKeys: () => [],
  heedsDoNotTrack: false,
  decide: decideDeletions,
};

const segmentSets = new WeakMap<readonly string[], ReadonlySet<string>>();

function segmentsOf(plan: ImportPlan): ReadonlySet<string> {
  let set = segmentSets.get(plan.segments);
  if (set === undefined) segmentSets.set(plan.segments, (set = new Set(plan.segments)));
  return set;
}
