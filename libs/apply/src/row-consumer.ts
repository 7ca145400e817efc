import type { EventLog, Topic } from '@advocate/ports';
import { decodeMessage, decodeRowChunk } from '@advocate/messages';
import type { Logger } from '@advocate/service';
import type { ApplyChunk } from './apply-chunk.ts';

/** Consumes row chunks, applies them and publishes their outcomes. A chunk delivered again publishes the same outcome again; what is no chunk goes to the dead letters. */
export function startRowConsumer(log: EventLog, topic: Topic, group: string, apply: ApplyChunk, logger: Logger): Promise<AsyncDisposable> {
  return log.consume(topic, group, async (message) => {
    const chunk = decodeMessage('row chunk', () => decodeRowChunk(message.value));
    const { jobId } = chunk.plan;
    const place = { jobId, slice: chunk.slice, partition: chunk.partition };
    try {
      const value = await apply(chunk);
      await log.publish('chunks.outcomes', [{ key: jobId, partition: message.partition % log.partitions('chunks.outcomes'), value }]);
      logger.debug({ ...place, rows: chunk.lengths.length }, 'Chunk applied');
    } catch (error) {
      logger.error({ ...place, err: error }, 'Chunk not applied; it will be tried again');
      throw error;
    }
  });
}
