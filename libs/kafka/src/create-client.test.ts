import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createClient, type KafkaConnectionOptions, type KafkaLogger } from './create-client.ts';
import { openKafkaEventLog } from './open-kafka-event-log.ts';

/** A server that shows what a client sends to it first. */
async function serve(answer: (request: Buffer, socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (request) => answer(request, socket)).on('error', () => {});
  });
  await once(server.listen(0), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `localhost:${(server.address() as AddressInfo).port}`;
}

/** The first requests of a client; its connection is closed then. */
async function requestsOf(options: Pick<KafkaConnectionOptions, 'ssl' | 'sasl'>, count: number): Promise<Buffer[]> {
  const requests: Buffer[] = [];
  const seen = Promise.withResolvers<void>();
  const broker = await serve((request, socket) => {
    requests.push(request);
    const answer = requests.length < count ? answerTo(request) : undefined;
    if (answer) socket.write(answer);
    else {
      socket.destroy();
      seen.resolve();
    }
  });
  const admin = createClient({ brokers: [broker], clientId: 'test', ...options }).admin({ retry: { retries: 0 } });
  const connecting = admin.connect().catch(() => {});
  await seen.promise;
  await admin.disconnect();
  await connecting;
  return requests.slice(0, count);
}

const apiVersions = 18;
const saslHandshake = 17;
const saslAuthenticate = 36;

/** As a broker that can do nothing but authenticate. */
function answerTo(request: Buffer): Buffer {
  const api = request.readInt16BE(4);
  const body = Buffer.alloc(64);
  let end = body.writeInt16BE(0);
  if (api === apiVersions) {
    end = body.writeInt32BE(3, end);
    for (const [key, most] of [
      [apiVersions, 2],
      [saslHandshake, 1],
      [saslAuthenticate, 1],
    ] as const) {
      for (const number of [key, 0, most]) end = body.writeInt16BE(number, end);
    }
    end = body.writeInt32BE(0, end);
  } else {
    const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];
    end = body.writeInt32BE(mechanisms.length, end);
    for (const mechanism of mechanisms) {
      end = body.writeInt16BE(mechanism.length, end);
      end += body.write(mechanism, end);
    }
  }
  const head = Buffer.alloc(8);
  head.writeInt32BE(4 + end);
  request.copy(head, 4, 8, 12);
  return Buffer.concat([head, body.subarray(0, end)]);
}

test('with TLS, a connection begins with a hello that names the server', async () => {
  const [hello] = await requestsOf({ ssl: { servername: 'kafka.example.com' } }, 1);
  expect([hello![0], hello![1]]).toEqual([0x16, 0x03]);
  expect(hello!.includes('kafka.example.com')).toBe(true);
});

test('without TLS, a connection begins with a request', async () => {
  const [request] = await requestsOf({}, 1);
  expect(request!.readInt16BE(4)).toBe(apiVersions);
});

for (const [mechanism, credentials] of [
  ['plain', '\0ann\0secret'],
  ['scram-sha-256', 'n,,n=ann,r='],
  ['scram-sha-512', 'n,,n=ann,r='],
] as const) {
  test(`with ${mechanism}, the client asks for it and presents its credentials`, async () => {
    const requests = await requestsOf({ sasl: { mechanism, username: 'ann', password: 'secret' } }, 3);
    expect(requests.map((request) => request.readInt16BE(4))).toEqual([apiVersions, saslHandshake, saslAuthenticate]);
    expect(requests[1]!.includes(mechanism.toUpperCase())).toBe(true);
    expect(requests[2]!.includes(credentials)).toBe(true);
    expect(requests[2]!.includes('secret')).toBe(mechanism === 'plain');
  });
}

test('a log that finds no broker says so, to its logger and nowhere else', async () => {
  const printed = vi.spyOn(console, 'log');
  onTestFinished(() => printed.mockRestore());
  const lines: string[] = [];
  const write = (_: object, message: string) => void lines.push(message);
  const logger: KafkaLogger = { error: write, warn: write, info: write, debug: write };
  const options = { brokers: ['localhost:1'], clientId: 'test', partitions: 1, replicationFactor: 1, waitMs: 0 };
  await expect(openKafkaEventLog({ ...options, logger })).rejects.toThrow("Kafka's topics cannot be prepared: Connection error");
  expect(lines).toContain('Connection error: connect ECONNREFUSED 127.0.0.1:1');
  await expect(openKafkaEventLog(options)).rejects.toThrow('ECONNREFUSED');
  expect(printed).not.toHaveBeenCalled();
});
