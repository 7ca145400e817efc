import { type Db, MongoClient } from 'mongodb';
import { migrate } from './migrations.ts';
import { reviveWhenStuck } from './revive.ts';
import { withRetry } from './retry.ts';

export interface MongodbOptions {
  /** With user, TLS and hosts, as the server's provider gives it. */
  readonly uri: string;
  /** In place of the one that the URI names. Where neither does, it is `advocate`. */
  readonly database?: string;
}

/** A connection to a database whose schema is up to date. Disposing it ends what is under way. */
export interface MongodbConnection extends AsyncDisposable {
  readonly db: Db;
}

/**
 * Connects to MongoDB (standalone, replica set or sharded), Amazon DocumentDB or FerretDB, and brings the database's schema up to date. Waits about a
 * minute for a server that is not up yet.
 *
 * What is acknowledged is on the disks of a majority, and reads see nothing that a failover could undo. Operations are repeated by
 * {@link withRetry} and not by the driver, whose retryable writes not all these servers have.
 */
export async function connectMongodb({ uri, database = databaseOf(uri) }: MongodbOptions): Promise<MongodbConnection> {
  const client = new MongoClient(uri, {
    appName: 'advocate-bulk',
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
    readPreference: 'primary',
    retryWrites: false,
    ignoreUndefined: true,
    promoteBuffers: true,
    maxPoolSize: 32,
    heartbeatFrequencyMS: 5_000,
    connectTimeoutMS: 5_000,
    // These are for one attempt; the waiting is done by withRetry.
    serverSelectionTimeoutMS: 5_000,
    waitQueueTimeoutMS: 20_000,
    socketTimeoutMS: 20_000,
  });
  await using resources = new AsyncDisposableStack();
  resources.defer(() => client.close());
  resources.use(reviveWhenStuck(client));
  // An operation connects as well, but never again when that fails.
  await withRetry(() => client.connect());
  const db = client.db(database);
  await migrate(db);
  const owned = resources.move();
  return { db, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function databaseOf(uri: string): string {
  const [, path = ''] = /^[^/]+:\/\/[^/?]+\/([^?]*)/.exec(uri) ?? [];
  return decodeURIComponent(path) || 'advocate';
}
