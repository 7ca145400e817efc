import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { UndecodableMessageError, type EventLog, type IncomingMessage, type OutgoingMessage } from './event-log.ts';

export interface EventLogUnderTest extends AsyncDisposable {
  readonly log: EventLog;
  /** The same log as another process sees it; `log` itself when there is no such thing. */
  readonly peer: EventLog;
}

const topic = 'rows.users';
const timeout = 60_000;

/** The promises of {@link EventLog}. `create` answers an empty log of at least four partitions per topic, unknown to any group. */
export function eventLogContract(name: string, create: () => Promise<EventLogUnderTest>): void {
  describe(`${name} as an event log`, { timeout }, () => {
    const open = async () => {
      const opened = await create();
      onTestFinished(() => opened[Symbol.asyncDispose]());
      return opened;
    };

    test('delivers topic, key, partition and bytes as published', async () => {
      const { log, peer } = await open();
      const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
      const sent = [
        { key: 'täglich/🎉', partition: 1, value: new Uint8Array(0) },
        { key: '', partition: 1, value: Uint8Array.of(0, 255, 10, 13) },
        { key: 'large', partition: 1, value: large },
      ];
      const seen: IncomingMessage[] = [];
      await peer.consume(topic, 'group', async (message) => void seen.push({ ...message, value: new Uint8Array(message.value) }));
      await log.publish(
        topic,
        sent.map((message) => ({ ...message, value: new Uint8Array(message.value) })),
      );
      await until(() => expect(seen).toHaveLength(3));
      expect(seen.map(({ key, partition, topic }) => ({ key, partition, topic }))).toEqual(
        sent.map(({ key, partition }) => ({ key, partition, topic })),
      );
      for (const [i, { value }] of sent.entries()) expect(Buffer.compare(seen[i]!.value, value), `value ${i}`).toBe(0);
    });

    test('keeps topics apart', async () => {
      const { log, peer } = await open();
      const seen: string[] = [];
      await peer.consume('rows.deletions', 'group', collect(seen));
      await log.publish(topic, numbered(0, 3));
      await log.publish('rows.deletions', [message(0, 'deletion')]);
      await until(() => expect(seen).toContain('deletion'));
      expect(seen).toEqual(['deletion']);
    });

    test('has the same number of partitions for everybody', async () => {
      const { log, peer } = await open();
      expect(log.partitions(topic)).toBeGreaterThanOrEqual(4);
      expect(peer.partitions(topic)).toBe(log.partitions(topic));
    });

    test('refuses a message for a partition that the topic does not have, and those published with it', async () => {
      const { log, peer } = await open();
      for (const end of [log, peer]) {
        for (const partition of [-1, 0.5, log.partitions(topic)]) {
          await expect(end.publish(topic, [message(0, 'with it'), message(partition, 'lost')])).rejects.toThrow(RangeError);
        }
      }
      const seen: string[] = [];
      await peer.consume(topic, 'group', collect(seen));
      await log.publish(topic, []);
      await log.publish(topic, [message(0, 'good')]);
      await until(() => expect(seen).toContain('good'));
      expect(seen).toEqual(['good']);
    });

    test('hands a group the messages of each partition in the order of publishing, whoever publishes', async () => {
      const { log, peer } = await open();
      const seen: string[] = [];
      await log.consume(topic, 'group', collect(seen));
      await peer.consume(topic, 'group', collect(seen));
      for (let from = 0; from < 40; from += 10) {
        await (from % 20 === 0 ? log : peer).publish(
          topic,
          partitionsOf(log).flatMap((partition) => numbered(partition, 10, from)),
        );
      }
      await until(() => expect(new Set(seen).size).toBe(40 * log.partitions(topic)));
      for (const partition of partitionsOf(log)) {
        const first = [...new Set(seen)].filter((key) => key.startsWith(`${partition}:`));
        expect(first).toEqual(numbered(partition, 40).map(({ key }) => key));
      }
    });

    test('gives every group all messages', async () => {
      const { log, peer } = await open();
      const seen: [string[], string[]] = [[], []];
      await log.consume(topic, 'one', collect(seen[0]));
      await peer.consume(topic, 'two', collect(seen[1]));
      const sent = partitionsOf(log).flatMap((partition) => numbered(partition, 5));
      await log.publish(topic, sent);
      for (const keys of seen) await until(() => expect(new Set(keys)).toEqual(new Set(sent.map(({ key }) => key))));
    });

    test('starts a new group with what was published before it', async () => {
      const { log, peer } = await open();
      await log.publish(topic, numbered(2, 3));
      const seen: string[] = [];
      await peer.consume(topic, 'first', collect(seen));
      await until(() => expect(seen).toEqual(['2:0', '2:1', '2:2']));
    });

    test('handles a message again after its handler threw, before any later one of its partition', async () => {
      const { log, peer } = await open();
      const seen: string[] = [];
      await peer.consume(topic, 'group', async ({ key }) => {
        seen.push(key);
        if (key === '1:1' && seen.length < 4) throw new Error('not yet');
      });
      await log.publish(topic, numbered(1, 3));
      await until(() => expect(seen).toContain('1:2'));
      expect(seen).toEqual(['1:0', '1:1', '1:1', '1:1', '1:2']);
    });

    test('handles a message again when its handler throws without waiting for anything', async () => {
      const { log, peer } = await open();
      let calls = 0;
      await peer.consume(topic, 'group', () => {
        if (++calls === 1) throw new Error('at once');
        return Promise.resolve();
      });
      await log.publish(topic, numbered(0, 1));
      await until(() => expect(calls).toBe(2));
    });

    test('goes on with other partitions while a message is retried', async () => {
      const { log, peer } = await open();
      const seen: string[] = [];
      await peer.consume(topic, 'group', async ({ key, partition }) => {
        if (partition === 0 && !seen.includes('1:4')) throw new Error('partition 1 is not done');
        seen.push(key);
      });
      await log.publish(topic, [...numbered(0, 1), ...numbered(1, 5)]);
      await until(() => expect(seen).toContain('0:0'));
      expect(seen).toEqual(['1:0', '1:1', '1:2', '1:3', '1:4', '0:0']);
    });

    test('gives a consumer one message at a time', async () => {
      const { log, peer } = await open();
      const seen: string[] = [];
      let inHand = 0;
      let most = 0;
      await peer.consume(topic, 'group', async ({ key }) => {
        most = Math.max(most, ++inHand);
        await turnOfEventLoop();
        inHand--;
        seen.push(key);
      });
      const sent = partitionsOf(log).flatMap((partition) => numbered(partition, 5));
      await log.publish(topic, sent);
      await until(() => expect(new Set(seen).size).toBe(sent.length));
      expect(most).toBe(1);
    });

    test('has the consumers of a group work at the same time', async () => {
      const { log, peer } = await open();
      const held = new Set<string>();
      const both = Promise.withResolvers<void>();
      const hold = (consumer: string) => async () => {
        held.add(consumer);
        if (held.size === 2) both.resolve();
        await both.promise;
      };
      await log.consume(topic, 'group', hold('one'));
      await peer.consume(topic, 'group', hold('two'));
      await log.publish(
        topic,
        partitionsOf(log).flatMap((partition) => numbered(partition, 1)),
      );
      await both.promise;
    });

    test('leaves each partition with one consumer of the group while none comes or goes', async () => {
      const { log, peer } = await open();
      const handled = { one: [] as IncomingMessage[], two: [] as IncomingMessage[] };
      await log.consume(topic, 'group', async (message) => void handled.one.push(message));
      await peer.consume(topic, 'group', async (message) => void handled.two.push(message));
      const keys = () => new Set([...handled.one, ...handled.two].map(({ key }) => key));
      const publishToAll = async (count: number, from: number) => {
        await log.publish(
          topic,
          partitionsOf(log).flatMap((partition) => numbered(partition, count, from)),
        );
        await until(() => expect(keys().size).toBe((from + count) * log.partitions(topic)));
      };
      let rounds = 0;
      while (handled.one.length === 0 || handled.two.length === 0) await publishToAll(1, rounds++);
      handled.one.length = handled.two.length = 0;
      const sent = partitionsOf(log).flatMap((partition) => numbered(partition, 20, rounds));
      await log.publish(topic, sent);
      await until(() => expect(keys().size).toBe(sent.length));
      const owned = [handled.one, handled.two].flatMap((messages) => [...new Set(messages.map(({ partition }) => partition))]);
      expect(owned.toSorted()).toEqual(partitionsOf(log));
    });

    test('gives the partitions of a consumer that left to those who stay', async () => {
      const { log, peer } = await open();
      const left: string[] = [];
      const stayed: string[] = [];
      const consumer = await log.consume(topic, 'group', collect(left));
      await peer.consume(topic, 'group', collect(stayed));
      await consumer[Symbol.asyncDispose]();
      const before = left.length;
      const sent = partitionsOf(log).flatMap((partition) => numbered(partition, 3));
      await log.publish(topic, sent);
      await until(() => expect(new Set(stayed)).toEqual(new Set(sent.map(({ key }) => key))));
      expect(left).toHaveLength(before);
    });

    test('never has two messages of a partition in hand, and loses none, while consumers come and go', async () => {
      const { log, peer } = await open();
      const seen = new Set<string>();
      const inHand = new Set<number>();
      const overlaps: string[] = [];
      const join = (end: EventLog) =>
        end.consume(topic, 'group', async ({ key, partition }) => {
          if (inHand.has(partition)) overlaps.push(key);
          inHand.add(partition);
          await turnOfEventLoop();
          inHand.delete(partition);
          seen.add(key);
        });
      await join(log);
      const sent = partitionsOf(log).flatMap((partition) => numbered(partition, 50));
      const published = log.publish(topic, sent);
      for (const end of [peer, log, peer]) {
        const passing = await join(end);
        const before = seen.size;
        await until(() => expect(seen.size === sent.length || seen.size > before + 5).toBe(true));
        await passing[Symbol.asyncDispose]();
      }
      await published;
      await until(() => expect(seen.size).toBe(sent.length));
      expect(overlaps).toEqual([]);
    });

    test('waits for the message in hand when a consumer is disposed, and counts it as consumed', async () => {
      const { log, peer } = await open();
      const events: string[] = [];
      const finish = Promise.withResolvers<void>();
      const consumer = await peer.consume(topic, 'group', async ({ key }, signal) => {
        signal.addEventListener('abort', () => events.push('asked to stop'));
        events.push(`begins ${key}`);
        await finish.promise;
        events.push(`ends ${key}`);
      });
      await log.publish(topic, numbered(0, 2));
      await until(() => expect(events).toEqual(['begins 0:0']));
      const disposed = consumer[Symbol.asyncDispose]().then(() => events.push('disposed'));
      await until(() => expect(events).toContain('asked to stop'));
      const others: string[] = [];
      await log.consume(topic, 'group', collect(others));
      finish.resolve();
      await disposed;
      expect(events).toEqual(['begins 0:0', 'asked to stop', 'ends 0:0', 'disposed']);
      await until(() => expect(others).toEqual(['0:1']));
    });

    test('gives a message to another consumer when its handler stopped early', async () => {
      const { log, peer } = await open();
      const begun: string[] = [];
      const consumer = await peer.consume(topic, 'group', async ({ key }, signal) => {
        begun.push(key);
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      });
      await log.publish(topic, numbered(0, 2));
      await until(() => expect(begun).toEqual(['0:0']));
      const others: string[] = [];
      await log.consume(topic, 'group', collect(others));
      await consumer[Symbol.asyncDispose]();
      await until(() => expect(others).toEqual(['0:0', '0:1']));
      expect(begun).toEqual(['0:0']);
    });

    test('keeps for a group without consumers what it has yet to consume', async () => {
      const { log, peer } = await open();
      const seen: string[] = [];
      const first = await peer.consume(topic, 'group', collect(seen));
      await log.publish(topic, numbered(3, 2));
      await until(() => expect(seen).toEqual(['3:0', '3:1']));
      await first[Symbol.asyncDispose]();
      await log.publish(topic, numbered(3, 2, 2));
      await peer.consume(topic, 'group', collect(seen));
      await until(() => expect(seen).toEqual(['3:0', '3:1', '3:2', '3:3']));
    });

    test('moves a message that cannot be decoded to the dead letters, with the reason, and goes on', async () => {
      const { log, peer } = await open();
      const seen: string[] = [];
      await peer.consume(topic, 'group', refuse('2:1', seen));
      const began = Date.now();
      await log.publish(topic, numbered(2, 3));
      await until(() => expect(seen).toEqual(['2:0', '2:1', '2:2']));
      for (const end of [log, peer]) {
        const letters = await end.deadLetters(10);
        expect(letters.map(({ id: _, date: __, ...rest }) => rest)).toEqual([
          { topic, partition: 2, key: '2:1', reason: 'not today', size: 3 },
        ]);
        expect(Math.abs(letters[0]!.date.getTime() - began)).toBeLessThan(timeout);
      }
    });

    test('lists dead letters newest first, by pages', async () => {
      const { log, peer } = await open();
      expect(await peer.deadLetters(2)).toEqual([]);
      await peer.consume(topic, 'group', refuse(undefined, []));
      await log.publish(topic, numbered(0, 5));
      const pages: string[][] = [];
      await vi.waitFor(async () => expect(await log.deadLetters(10)).toHaveLength(5), { timeout: timeout / 2, interval: 50 });
      for (let after: string | undefined; pages.at(-1)?.length !== 0;) {
        const page = await peer.deadLetters(2, after);
        pages.push(page.map(({ key }) => key));
        after = page.at(-1)?.id;
      }
      expect(pages).toEqual([['0:4', '0:3'], ['0:2', '0:1'], ['0:0'], []]);
      expect(await peer.deadLetters(2, 'unknown')).toEqual([]);
    });

    test('publishes a dead letter again, as it was, as often as it is told to', async () => {
      const { log, peer } = await open();
      const seen: IncomingMessage[] = [];
      let decodes = false;
      await peer.consume(topic, 'group', async (message) => {
        seen.push(message);
        if (!decodes) throw new UndecodableMessageError('not yet');
      });
      await log.publish(topic, [{ key: 'ключ', partition: 3, value: Uint8Array.of(0, 255, 10) }]);
      await vi.waitFor(async () => expect(await log.deadLetters(1)).toHaveLength(1), { timeout: timeout / 2, interval: 50 });
      decodes = true;
      const [letter] = await log.deadLetters(1);
      for (const [i, end] of [log, peer].entries()) {
        expect(await end.replay(letter!.id)).toBe(true);
        await until(() => expect(seen).toHaveLength(i + 2));
      }
      for (const { key, partition, value } of seen)
        expect({ key, partition, value: [...value] }).toEqual({ key: 'ключ', partition: 3, value: [0, 255, 10] });
      expect(await log.deadLetters(10)).toEqual([letter]);
    });

    test('replays no dead letter that is not there', async () => {
      const { log, peer } = await open();
      for (const id of ['0', '12345', 'unknown', '']) {
        for (const end of [log, peer]) expect(await end.replay(id)).toBe(false);
      }
    });

    test('loses nothing when a publisher is faster than the slowest group', async () => {
      const { log, peer } = await open();
      const fast: string[] = [];
      const slow: string[] = [];
      const start = Promise.withResolvers<void>();
      await peer.consume(topic, 'fast', collect(fast));
      await peer.consume(topic, 'slow', async ({ key }) => {
        await start.promise;
        slow.push(key);
      });
      const sent = numbered(0, 1_000).map((outgoing) => ({ ...outgoing, value: new Uint8Array(10_000) }));
      const published = log.publish(topic, sent);
      await until(() => expect(fast.length).toBeGreaterThan(0));
      start.resolve();
      await published;
      for (const keys of [fast, slow]) await until(() => expect([...new Set(keys)]).toEqual(sent.map(({ key }) => key)));
    });

    test('never makes a publisher wait for a topic that nobody consumes', async () => {
      const { log, peer } = await open();
      for (const end of [log, peer]) {
        await end.publish(
          'advocate.job-events',
          numbered(0, 2_000).map((outgoing) => ({ ...outgoing, value: new Uint8Array(10_000) })),
        );
      }
    });

    test('ends its consumers when it is disposed, after the message in hand, and refuses what comes then', async () => {
      const { log, peer } = await open();
      const events: string[] = [];
      await peer.consume(topic, 'group', async (_, signal) => {
        events.push('begins');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        events.push('ends');
      });
      await log.publish(topic, numbered(0, 2));
      await until(() => expect(events).toEqual(['begins']));
      await peer[Symbol.asyncDispose]();
      expect(events).toEqual(['begins', 'ends']);
      await expect(peer.publish(topic, numbered(0, 1))).rejects.toThrow();
      await expect(peer.consume(topic, 'group', async () => {})).rejects.toThrow();
      await peer[Symbol.asyncDispose]();
    });
  });
}

function until(assertion: () => void): Promise<void> {
  return vi.waitFor(assertion, { timeout: timeout / 2, interval: 2 });
}

function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function collect(keys: string[]): (message: IncomingMessage) => Promise<void> {
  return async ({ key }) => void keys.push(key);
}

/** A handler that can decode no message, or all but that with `key`. */
function refuse(key: string | undefined, seen: string[]): (message: IncomingMessage) => Promise<void> {
  return async (message) => {
    seen.push(message.key);
    if (key === undefined || message.key === key) throw new UndecodableMessageError('not today');
  };
}

function message(partition: number, key: string): OutgoingMessage {
  return { key, partition, value: Buffer.from(key) };
}

/** `count` messages of a partition, with the keys `partition:number`. */
function numbered(partition: number, count: number, from = 0): OutgoingMessage[] {
  return Array.from({ length: count }, (_, i) => message(partition, `${partition}:${from + i}`));
}

function partitionsOf(log: EventLog): number[] {
  return Array.from({ length: log.partitions(topic) }, (_, partition) => partition);
}
