import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EmbeddedEngineOptions } from '@advocate/embedded';
import type { FilePolicy } from '@advocate/service';
import { fixYoungGenerations, keepMemoryLow } from '@advocate/service';

/** What a thread runs: participant and deletion, or notification. */
export type ThreadServices = 'rows' | 'notification';

export interface ServiceThreadData extends EmbeddedEngineOptions {
  readonly services: ThreadServices;
  readonly logLevel: string;
  readonly filePolicy: FilePolicy;
  readonly allowPrivateWebhooks: boolean;
}

const youngHalfMb = 12;

// What the garbage collector lets pile up is bounded, so that memory does not grow with the length of a run.
keepMemoryLow();
fixYoungGenerations(youngHalfMb);
const resourceLimits = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 3 * youngHalfMb };

/** Starts threads of services. Disposing lets each finish what it has in hand. A thread that fails ends the process, to be started anew. */
export async function startServiceThreads(threads: readonly ServiceThreadData[]): Promise<AsyncDisposable> {
  const file = new URL(`./service-thread${extname(import.meta.url)}`, import.meta.url);
  const workers = threads.map((workerData) => new Worker(file, { workerData, resourceLimits }));
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
