import { topics, UndecodableMessageError, type EventLog, type OutgoingMessage } from '@advocate/ports';
import { addAbortListener, once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { ClientCall, Handled, MessageHead, PartitionCounts, ServerCall } from './bridge-calls.ts';
import { Peer } from './peer.ts';
import { socketAddress } from './socket-address.ts';

/**
 * Lets other threads and processes of this machine, and of this user, join a log by `connectEventLog` with the same path. The socket file
 * of a process that died is replaced; throws when a live one serves it. Where the file really is, `socketAddress` tells.
 *
 * When a connection is lost, its consumers leave their groups, and their messages in hand go to others. Disposing closes the
 * connections once their messages in hand are handled.
 */
export async function serveEventLog(log: EventLog, socketPath: string): Promise<AsyncDisposable> {
  const connections = new Set<Connection>();
  const server = createServer((socket) => {
    const connection = new Connection(log, socket);
    connections.add(connection);
    connection.peer.closed.addEventListener('abort', () => connections.delete(connection));
  });
  await listen(server, await socketAddress(socketPath));
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all([...connections].map((connection) => connection[Symbol.asyncDispose]()));
      await closed;
    },
  };
}

async function listen(server: Server, address: string): Promise<void> {
  try {
    await once(server.listen(address), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (await answers(address)) throw new Error(`An event log is already served at ${address}`, { cause: error });
    await rm(address);
    await once(server.listen(address), 'listening');
  }
}

function answers(address: string): Promise<boolean> {
  const socket = connect(address);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

class Connection implements AsyncDisposable {
  readonly peer: Peer<ServerCall>;
  readonly #log: EventLog;
  readonly #consumers = new Map<number, Promise<AsyncDisposable>>();

  constructor(log: EventLog, socket: Socket) {
    this.#log = log;
    this.peer = new Peer(socket);
    this.peer.closed.addEventListener('abort', () => void this.#leaveAll());
    this.#tell({ type: 'welcome', partitions: partitionCounts(log) });
    void this.peer.listen<ClientCall>((call, body) => this.#answer(call, body));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leaveAll();
    this.peer.close();
  }

  async #answer(call: ClientCall, body: Buffer): Promise<unknown> {
    switch (call.type) {
      case 'publish':
        return this.#log.publish(call.topic, [...unpack(call.messages, body)]);
      case 'join': {
        const joining = this.#join(call);
        this.#consumers.set(call.consumer, joining);
        await joining;
        return undefined;
      }
      case 'leave':
        return this.#leave(call.consumer);
      case 'dead-letters':
        return this.#log.deadLetters(call.limit, call.after);
      case 'replay':
        return this.#log.replay(call.id);
      default:
        throw new Error(`Unknown call ${JSON.stringify(call satisfies never)}`);
    }
  }

  #join({ consumer, topic, group }: ClientCall & { type: 'join' }): Promise<AsyncDisposable> {
    return this.#log.consume(topic, group, async ({ key, partition, value }, signal) => {
      using _ = addAbortListener(signal, () => this.#tell({ type: 'stop', consumer }));
      const { undecodable } = (await this.peer.call({ type: 'deliver', consumer, topic, key, partition }, [value])) as Handled;
      if (undecodable !== undefined) throw new UndecodableMessageError(undecodable);
    });
  }

  async #leave(consumer: number): Promise<void> {
    const joined = await this.#consumers.get(consumer);
    await joined?.[Symbol.asyncDispose]();
    this.#consumers.delete(consumer);
  }

  async #leaveAll(): Promise<void> {
    await Promise.allSettled([...this.#consumers.keys()].map((consumer) => this.#leave(consumer)));
  }

  /** Calls without need of an answer. */
  #tell(call: ServerCall): void {
    this.peer.call(call).catch(() => {});
  }
}

function* unpack(heads: readonly MessageHead[], body: Buffer): Generator<OutgoingMessage> {
  let at = 0;
  for (const { key, partition, bytes } of heads) yield { key, partition, value: body.subarray(at, (at += bytes)) };
}

function partitionCounts(log: EventLog): PartitionCounts {
  return Object.fromEntries(topics.map((topic) => [topic, log.partitions(topic)])) as PartitionCounts;
}
