import { join } from 'node:path';
import type { Engine } from '@advocate/ports';
import { lockDataFolder } from './data-folder/lock-data-folder.ts';
import { connectEventLog } from './event-log/connect-event-log.ts';
import { createEventLog } from './event-log/create-event-log.ts';
import { serveEventLog } from './event-log/serve-event-log.ts';
import { openFolderFileStore } from './file-store/open-folder-file-store.ts';
import { openEmlMailer } from './mailer/open-eml-mailer.ts';
import { openSqliteJobStore } from './stores/sqlite-job-store.ts';
import { openSqliteParticipantStore } from './stores/participants/sqlite-participant-store.ts';
import { openSqliteWebhookStore } from './stores/sqlite-webhook-store.ts';

export interface EmbeddedEngineOptions {
  readonly dataDir: string;
  /** Of each topic of the event log; only the owner's counts. */
  readonly partitions?: number;
  /** Keys the hashes of the do-not-track list; made once and kept in the data folder when absent. */
  readonly doNotTrackSecret?: string;
}

/** One partition for each consumer is enough to keep it busy, and gives the largest commits. */
const defaultPartitions = 1;

const socketOf = (dataDir: string): string => join(dataDir, 'event-log.sock');

/** Opens the engine as the one owner of its data folder, and lets guests join. Throws when another process owns the folder. */
export async function openEmbeddedEngine(options: EmbeddedEngineOptions): Promise<Engine> {
  await using resources = new AsyncDisposableStack();
  const { dataDir, partitions = defaultPartitions } = options;
  resources.use(await lockDataFolder(dataDir));
  const log = resources.use(createEventLog({ partitions }));
  const stores = await openStores(resources, options);
  resources.use(await serveEventLog(log, socketOf(dataDir)));
  return engine(resources, { ...stores, log });
}

/** Joins an engine from another thread or process. Waits a little for its owner. */
export async function joinEmbeddedEngine(options: EmbeddedEngineOptions): Promise<Engine> {
  await using resources = new AsyncDisposableStack();
  const log = resources.use(await connectEventLog(socketOf(options.dataDir)));
  const stores = await openStores(resources, options);
  return engine(resources, { ...stores, log, lost: log.lost });
}

async function openStores(
  resources: AsyncDisposableStack,
  { dataDir, doNotTrackSecret }: EmbeddedEngineOptions,
): Promise<Omit<Engine, 'log' | keyof AsyncDisposable>> {
  const secret = doNotTrackSecret === undefined ? {} : { doNotTrackSecret };
  return {
    participants: resources.use(await openSqliteParticipantStore(join(dataDir, 'participants.db'), secret)),
    jobs: resources.use(openSqliteJobStore(join(dataDir, 'jobs.db'))),
    files: await openFolderFileStore(join(dataDir, 'files')),
    mailer: await openEmlMailer(join(dataDir, 'mail')),
    webhooks: resources.use(openSqliteWebhookStore(join(dataDir, 'webhooks.db'))),
  };
}

function engine(resources: AsyncDisposableStack, adapters: Omit<Engine, keyof AsyncDisposable>): Engine {
  const owned = resources.move();
  return { ...adapters, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
