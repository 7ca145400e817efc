import { connectMongodb, type MongodbConnection } from '../connection.ts';

/** A database of its own on a server, dropped when it is disposed of. */
export async function ownDatabase(uri: string): Promise<MongodbConnection & { readonly peer: () => Promise<MongodbConnection> }> {
  const database = `test-${crypto.randomUUID()}`;
  await using resources = new AsyncDisposableStack();
  const { db } = resources.use(await connectMongodb({ uri, database }));
  resources.defer(async () => {
    await db.dropDatabase();
  });
  const owned = resources.move();
  return {
    db,
    peer: async () => owned.use(await connectMongodb({ uri, database })),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
