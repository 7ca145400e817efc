/** A thread that runs services on the embedded engine that the main thread owns. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { startDeletion } from '@advocate/deletion';
import { joinEmbeddedEngine } from '@advocate/embedded';
import { startNotification } from '@advocate/notification';
import { startParticipant } from '@advocate/participant';
import { createLogger } from '@advocate/service';
import type { ServiceThreadData } from './service-threads.ts';

if (parentPort === null) throw new Error('service-thread runs as a worker thread only');
const { services, logLevel, filePolicy, allowPrivateWebhooks, ...options } = workerData as ServiceThreadData;
const logger = createLogger(services, logLevel);

await using resources = new AsyncDisposableStack();
const engine = resources.use(await joinEmbeddedEngine(options));
if (services === 'rows') {
  resources.use(await startParticipant({ ...engine, logger }));
  resources.use(await startDeletion({ ...engine, logger }));
} else {
  resources.use(await startNotification({ ...engine, instance: 'embedded', filePolicy, allowPrivateWebhooks, now: Date.now, logger }));
}
parentPort.postMessage('ready');
await once(parentPort, 'message');
parentPort.close();
