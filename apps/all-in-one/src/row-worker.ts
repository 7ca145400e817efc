/** A thread that applies rows: participant and deletion on the embedded engine that the main thread owns. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { startDeletion } from '@advocate/deletion';
import { joinEmbeddedEngine } from '@advocate/embedded';
import { startParticipant } from '@advocate/participant';
import { createLogger } from '@advocate/service';
import type { RowWorkerData } from './row-workers.ts';

if (parentPort === null) throw new Error('row-worker runs as a worker thread only');
const { logLevel, ...options } = workerData as RowWorkerData;
const logger = createLogger('row-worker', logLevel);

await using engine = await joinEmbeddedEngine(options);
await using _participant = await startParticipant({ ...engine, logger });
await using _deletion = await startDeletion({ ...engine, logger });
parentPort.postMessage('ready');
await once(parentPort, 'message');
parentPort.close();
