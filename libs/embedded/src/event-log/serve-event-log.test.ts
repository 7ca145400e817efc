import type { EventLog } from '@advocate/ports';
import { eventLogContract } from '@advocate/ports/contracts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectEventLog } from './connect-event-log.ts';
import { createEventLog, EventLogClosedError } from './create-event-log.ts';
import { ConnectionLostError } from './peer.ts';
import { serveEventLog } from './serve-event-log.ts';
import { socketAddress } from './socket-address.ts';

const topic = 'rows.users';
const message = (key: string, bytes = 1) => ({ key, partition: 0, value: new Uint8Array(bytes) });

async function temporarySocketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'log-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'log.sock');
}

async function serve(options = { partitions: 4, capacity: { messages: 100, bytes: 1 << 20 } }) {
  const path = await temporarySocketPath();
  const resources = new AsyncDisposableStack();
  const log = resources.use(createEventLog(options));
  const server = resources.use(await serveEventLog(log, path));
  const join = async () => resources.use(await connectEventLog(path));
  onTestFinished(() => resources.disposeAsync());
  return { path, log, server, join, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

eventLogContract('two connections to a served log', async () => {
  const served = await serve();
  return { log: await served.join(), peer: await served.join(), [Symbol.asyncDispose]: served[Symbol.asyncDispose] };
});

eventLogContract('a served log and a connection to it', async () => {
  const served = await serve();
  return { log: served.log, peer: await served.join(), [Symbol.asyncDispose]: served[Symbol.asyncDispose] };
});

test('the message that a killed process has in hand goes to another consumer', async () => {
  const { path, log } = await serve();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'hold-message.fixture.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await log.publish(topic, [message('first'), message('second')]);
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  expect(printed.toString().trim()).toBe('first');
  const seen = collect(log);
  child.kill('SIGKILL');
  await expect.poll(() => seen).toEqual(['first', 'second']);
});

test('a lost connection aborts the handler in hand and `lost`, rejects what is asked then, and gives the message to another', async () => {
  const { path, log } = await serve();
  const line = await cuttableLine(path);
  const connection = await connectEventLog(line.path);
  const events: string[] = [];
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  await connection.consume(topic, 'group', async (_, signal) => {
    signal.addEventListener('abort', () => aborted.resolve());
    begun.resolve();
    await finish.promise;
    events.push('handled');
  });
  await connection.publish(topic, [message('in hand')]);
  await begun.promise;
  const seen = collect(log);
  line.cut();
  await aborted.promise;
  expect(connection.lost.aborted).toBe(true);
  await expect(connection.publish(topic, [message('late')])).rejects.toThrow(ConnectionLostError);
  await expect.poll(() => seen).toEqual(['in hand']);
  const disposed = connection[Symbol.asyncDispose]().then(() => events.push('disposed'));
  await new Promise((resolve) => setImmediate(resolve));
  finish.resolve();
  await disposed;
  expect(events).toEqual(['handled', 'disposed']);
});

test('`lost` stays quiet when the log is disposed', async () => {
  const { join } = await serve();
  const connection = await join();
  await connection[Symbol.asyncDispose]();
  expect(connection.lost.aborted).toBe(false);
});

test('the server is disposed once the messages in hand of its connections are handled', async () => {
  const { server, join, log } = await serve();
  const connection = await join();
  const events: string[] = [];
  await connection.consume(topic, 'group', async ({ key }, signal) => {
    events.push(`begins ${key}`);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    events.push(`ends ${key}`);
  });
  await log.publish(topic, [message('first'), message('second')]);
  await expect.poll(() => events).toEqual(['begins first']);
  await server[Symbol.asyncDispose]();
  expect(events).toEqual(['begins first', 'ends first']);
  const seen = collect(log);
  await expect.poll(() => seen).toEqual(['second']);
  await expect.poll(() => connection.lost.aborted).toBe(true);
});

test('a publisher over a connection waits while the log is full, and is refused when it gives up', async () => {
  const { log, join } = await serve({ partitions: 1, capacity: { messages: 1, bytes: 1e9 } });
  await log.consume(topic, 'group', (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())));
  const connection = await join();
  await connection.publish(topic, [message('in hand')]);
  let taken = false;
  const waits = connection.publish(topic, [message('waits')]).then(() => (taken = true));
  const refused = expect(waits).rejects.toThrow(EventLogClosedError);
  // Calls are begun in order: when this is answered, the one before had its chance.
  await connection.publish('advocate.job-events', [message('other topic')]);
  expect(taken).toBe(false);
  await connection[Symbol.asyncDispose]();
  await refused;
});

test('the socket file of a dead process is replaced', async () => {
  const path = await temporarySocketPath();
  const child = spawn(process.execPath, ['-e', 'require("net").createServer().listen(process.argv[1], () => console.log("up"))', path]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(path)).toBe(true);
  await using log = createEventLog({ partitions: 1 });
  await using _server = await serveEventLog(log, path);
  await using connection = await connectEventLog(path);
  expect(connection.partitions(topic)).toBe(1);
});

test('a path that a live process serves is refused, and stays served', async () => {
  const { path, log, join } = await serve();
  await expect(serveEventLog(log, path)).rejects.toThrow(`An event log is already served at ${path}`);
  expect((await join()).partitions(topic)).toBe(4);
});

test('the socket file is gone after the server is disposed', async () => {
  const { path, server } = await serve();
  expect((await stat(path)).isSocket()).toBe(true);
  await server[Symbol.asyncDispose]();
  expect(existsSync(path)).toBe(false);
});

test('a path that is too long for a socket is served all the same', async () => {
  const path = join(await temporarySocketPath(), 'folder'.repeat(20), 'log.sock');
  await using log = createEventLog({ partitions: 3 });
  await using _server = await serveEventLog(log, path);
  await using connection = await connectEventLog(path);
  expect(connection.partitions(topic)).toBe(3);
  const folder = await stat(join(await socketAddress(path), '..'));
  expect(folder.mode & 0o777).toBe(0o700);
});

test('connecting waits for the log to appear', async () => {
  const path = await temporarySocketPath();
  const connecting = connectEventLog(path);
  await expect(once(connect(path), 'connect')).rejects.toThrow('ENOENT');
  await using log = createEventLog({ partitions: 1 });
  await using _server = await serveEventLog(log, path);
  await using connection = await connecting;
  expect(connection.partitions(topic)).toBe(1);
});

test('connecting fails when no log appears, and says where it looked', async () => {
  const path = await temporarySocketPath();
  await expect(connectEventLog(path, { waitMs: 100 })).rejects.toThrow(`No event log answers at ${path}; is the engine running?`);
});

test('messages of several megabytes and small ones keep their bytes and their order', async () => {
  const { join } = await serve();
  const [publisher, consumer] = [await join(), await join()];
  const seen: string[] = [];
  await consumer.consume(topic, 'group', async ({ key, value }) => {
    seen.push(`${key} ${value.length} ${value.every((byte) => byte === value.length % 256)}`);
  });
  const sizes = [5_000_001, 1, 0, 2_000_003, 70_000, 3];
  await publisher.publish(
    topic,
    sizes.map((size, i) => ({ key: `${i}`, partition: 0, value: new Uint8Array(size).fill(size % 256) })),
  );
  await expect.poll(() => seen).toEqual(sizes.map((size, i) => `${i} ${size} true`));
});

function collect(log: EventLog): string[] {
  const seen: string[] = [];
  void log.consume(topic, 'group', async ({ key }) => void seen.push(key));
  return seen;
}

/** A socket that leads to another, until it is cut. */
async function cuttableLine(to: string): Promise<{ readonly path: string; cut(): void }> {
  const path = await temporarySocketPath();
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(to);
    sockets.push(near, far);
    near.pipe(far).pipe(near);
  });
  await once(server.listen(path), 'listening');
  onTestFinished(() => void server.close());
  return { path, cut: () => sockets.forEach((socket) => socket.destroy()) };
}
