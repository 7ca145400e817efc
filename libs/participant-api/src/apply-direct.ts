import { randomUUID } from 'node:crypto';
import type { RowLogic } from '@advocate/apply';
import { decideAndCommit } from '@advocate/apply';
import type { ImportParams, ImportPlan, RowOutcome, TenantSettings, UserKey } from '@advocate/domain';
import { chunkId, programsOf } from '@advocate/domain';
import { ChunkOutcomeEncoder, decodeChunkOutcome } from '@advocate/messages';
import type { ParticipantStore } from '@advocate/ports';

export interface DirectCall {
  readonly tenant: string;
  readonly params: ImportParams;
  readonly segments: readonly string[];
}

/** What names the "job" of a direct call; no import has such an id. */
const directPrefix = 'direct-';

export const isDirect = (jobId: string): boolean => jobId.startsWith(directPrefix);

/** Applies one row as a job of its own, so that there is one way to decide and one way to write. Durable when it resolves. */
export async function applyDirect<Row extends UserKey>(
  dependencies: { readonly participants: ParticipantStore; readonly settings: TenantSettings; readonly now: () => number },
  logic: RowLogic<Row>,
  { tenant, params, segments }: DirectCall,
  row: Row,
): Promise<RowOutcome> {
  const { participants: store, settings, now } = dependencies;
  const jobId = `${directPrefix}${randomUUID()}`;
  const plan: ImportPlan = {
    tenant,
    jobId,
    type: 'users',
    format: 'jsonl',
    columns: [],
    params,
    acceptedAt: now(),
    programs: programsOf(settings, params.programId, []),
    segments,
    linkDomains: settings.linkDomains,
    allowReferralCodeEdit: settings.allowReferralCodeEdit,
  };
  const recordNumbers = [0];
  const encoder = new ChunkOutcomeEncoder({ tenant, jobId, slice: 0, partition: 0, sliceChunks: 1, recordNumbers, ignoredFields: [] });
  const outcome = await decideAndCommit(
    { store, logic },
    { id: chunkId(jobId, 0, 0), plan, rows: [{ row }], recordNumbers, encoder, isDirect: true },
  );
  const [decided] = decodeChunkOutcome(outcome).outcomes;
  if (decided === undefined) throw new TypeError('A direct call has no outcome');
  return decided;
}
