import { partitionOf } from '@advocate/domain';
import type { EventLog } from '@advocate/ports';
import { readChangedParticipants, summariseChunkOutcome } from './chunk-outcome.ts';
import { ParticipantEventEncoder } from './participant-event-encoder.ts';

const topic = 'advocate.participant-events';
/** So that no more of them than that are in memory. */
const eventsAtOnce = 5_000;

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
  const encoder = new ParticipantEventEncoder(tenant, jobId, date);
  let messages = [];
  for (const changed of readChangedParticipants(outcome)) {
    const { accountId } = changed;
    if (accountIds?.has(accountId) === false) continue;
    messages.push({ key: `${tenant}/${accountId}`, partition: partitionOf(tenant, accountId, partitions), value: encoder.encode(changed) });
    if (messages.length < eventsAtOnce) continue;
    await log.publish(topic, messages);
    messages = [];
  }
  await log.publish(topic, messages);
}
