import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EmbeddedEngineOptions } from '@advocate/embedded';

export interface RowWorkerData extends EmbeddedEngineOptions {
  readonly logLevel: string;
}

// Bounds what the garbage collector lets pile up, so that memory does not grow with the length of a run.
const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 32 };

/** Starts threads that apply rows. Disposing lets each finish the chunk in hand. A thread that fails ends the process, to be started anew. */
export async function startRowWorkers(count: number, workerData: RowWorkerData): Promise<AsyncDisposable> {
  const file = new URL(`./row-worker${extname(import.meta.url)}`, import.meta.url);
  const workers = Array.from({ length: count }, () => new Worker(file, { workerData, resourceLimits }));
  try {
    await Promise.all(workers.map((worker) => once(worker, 'message')));
  } catch (error) {
    await Promise.all(workers.map((worker) => worker.terminate()));
    throw error;
  }
  for (const worker of workers) {
    worker.on('error', (error) => {
      throw error;
    });
  }
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(
        workers.map(async (worker) => {
          const exit = once(worker, 'exit');
          worker.postMessage('stop');
          await exit;
        }),
      );
    },
  };
}
