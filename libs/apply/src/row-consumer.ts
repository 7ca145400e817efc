import type { EventLog, Topic } from '@advocate/ports';
import { chunkId } from '@advocate/domain';
import { decodeMessage, decodeRowChunk } from '@advocate/messages';
import type { Logger } from '@advocate/service';
import type { ApplyChunk } from './apply-chunk.ts';
import { ChunkOutOfOrderError } from './apply-chunk.ts';

export interface RowConsumerDependencies {
  readonly log: EventLog;
  readonly apply: ApplyChunk;
  readonly logger: Logger;
  /** Chunks to apply at a time; default 1. */
  readonly consumers?: number;
  /** How long a chunk may keep its partition waiting for an earlier one; default a minute. */
  readonly patienceMs?: number;
}

const defaultPatienceMs = 60_000;

/**
 * Consumes row chunks, applies them and publishes their outcomes. A chunk delivered again publishes the same outcome again; what is no
 * chunk goes to the dead letters. A chunk that waits in vain for an earlier one, which is lost or comes behind it, is let go of: ingestion sends whatever
 * has no outcome again, in order. Disposing waits for the chunks in hand.
 */
export async function startRowConsumer(
  topic: Topic,
  group: string,
  { log, apply, logger, consumers = 1, patienceMs = defaultPatienceMs }: RowConsumerDependencies,
): Promise<AsyncDisposable> {
  /** The chunk that each partition waits with. */
  const waiting = new Map<number, { readonly id: string; readonly since: number }>();
  const waitsInVain = (partition: number, id: string): boolean => {
    const now = performance.now();
    const { since } = waiting.get(partition)?.id === id ? waiting.get(partition)! : { since: now };
    waiting.set(partition, { id, since });
    return now - since >= patienceMs;
  };
  const consume = (): Promise<AsyncDisposable> =>
    log.consume(topic, group, async (message) => {
      const chunk = decodeMessage('row chunk', () => decodeRowChunk(message.value));
      const { jobId } = chunk.plan;
      const place = { jobId, slice: chunk.slice, partition: chunk.partition };
      try {
        const value = await apply(chunk);
        const partition = message.partition % log.partitions('chunks.outcomes');
        await log.publish('chunks.outcomes', [{ key: jobId, partition, value }]);
        logger.debug({ ...place, rows: chunk.lengths.length }, 'Chunk applied');
      } catch (error) {
        // Ordinary while another worker still has an earlier chunk in hand.
        if (error instanceof ChunkOutOfOrderError) {
          if (waitsInVain(message.partition, chunkId(jobId, chunk.slice, chunk.partition))) {
            waiting.delete(message.partition);
            logger.error(place, `${error.message} in vain; ingestion will send both again`);
            return;
          }
          logger.warn(place, `${error.message}; it will be tried again`);
        } else logger.error({ ...place, err: error }, 'Chunk not applied; it will be tried again');
        throw error;
      }
    });
  const running = await Promise.all(Array.from({ length: consumers }, consume));
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(running.map((consumer) => consumer[Symbol.asyncDispose]()));
    },
  };
}
