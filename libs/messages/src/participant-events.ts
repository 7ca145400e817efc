import { ParticipantEvent } from '@advocate/contracts';
import { partitionOf } from '@advocate/domain';
import type { EventLog } from '@advocate/ports';
import { readChunkOutcome, summariseChunkOutcome } from './chunk-outcome.ts';

const typeOf = { created: 'CREATED', updated: 'UPDATED', deleted: 'DELETED' } as const;
const topic = 'advocate.participant-events';
/** More at a time would cost a Kafka driver more each. */
const eventsAtOnce = 500;

/**
 * Publishes what an encoded chunk outcome means to others: one event for each participant that changed, in the order of the rows; only those of some
 * accounts, if they are given.
 */
export async function publishParticipantEvents(
  log: EventLog,
  outcome: Uint8Array,
  date: number,
  accountIds?: ReadonlySet<string>,
): Promise<void> {
  const { tenant, jobId } = summariseChunkOutcome(outcome);
  const partitions = log.partitions(topic);
  const messages = [];
  for (const { recordNumber, outcome: row } of readChunkOutcome(outcome)) {
    if (row.kind === 'failed' || row.kind === 'unchanged') continue;
    const [accountId, participantId] = row.kind === 'deleted' ? row.result : [row.result[1], row.result[0]];
    if (accountIds?.has(accountId) === false) continue;
    const value = ParticipantEvent.encode({
      ...{ id: `${jobId}/${recordNumber}`, type: typeOf[row.kind], tenant, accountId, participantId, jobId, recordNumber, date },
    }).finish();
    messages.push({ key: `${tenant}/${accountId}`, partition: partitionOf(tenant, accountId, partitions), value });
  }
  for (let start = 0; start < messages.length; start += eventsAtOnce) await log.publish(topic, messages.slice(start, start + eventsAtOnce));
}
