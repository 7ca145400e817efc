import { eventLogContract } from '@advocate/ports/contracts';
import { UndecodableMessageError } from '@advocate/ports';
import { expect, test, vi } from 'vitest';
import { createEventLog, EventLogClosedError } from './create-event-log.ts';

const topic = 'rows.users';
const message = (key: string, partition = 0, bytes = 1) => ({ key, partition, value: new Uint8Array(bytes) });

eventLogContract('the log in memory', async () => {
  const log = createEventLog({ partitions: 4, capacity: { messages: 100, bytes: 1 << 20 } });
  return { log, peer: log, [Symbol.asyncDispose]: () => log[Symbol.asyncDispose]() };
});

/** Lets everything happen that needs no I/O and no timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

for (const [limit, capacity] of Object.entries({ messages: { messages: 2, bytes: 1e9 }, bytes: { messages: 1e9, bytes: 20 } })) {
  test(`a publisher waits while a partition is full of ${limit}, until the slowest group has made room`, async () => {
    await using log = createEventLog({ partitions: 2, capacity });
    const fast: string[] = [];
    const slow: string[] = [];
    const turns = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await log.consume(topic, 'fast', async ({ key }) => void fast.push(key));
    await log.consume(topic, 'slow', async ({ key }) => {
      await turns[slow.length]?.promise;
      slow.push(key);
    });
    const taken: string[] = [];
    for (const key of ['a', 'b', 'c', 'd']) void log.publish(topic, [message(key, 0, 10)]).then(() => taken.push(key));
    await settle();
    expect({ taken, fast, slow }).toEqual({ taken: ['a', 'b'], fast: ['a', 'b'], slow: [] });
    turns[0]?.resolve();
    await settle();
    expect({ taken, fast, slow }).toEqual({ taken: ['a', 'b', 'c'], fast: ['a', 'b', 'c'], slow: ['a'] });
    turns[1]?.resolve();
    await settle();
    expect({ taken, fast, slow }).toEqual({ taken: ['a', 'b', 'c', 'd'], fast: ['a', 'b', 'c', 'd'], slow: ['a', 'b', 'c', 'd'] });
  });
}

test('a full partition holds back no other', async () => {
  await using log = createEventLog({ partitions: 2, capacity: { messages: 1, bytes: 100 } });
  await using _ = await log.consume(
    topic,
    'stuck',
    (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  );
  await log.publish(topic, [message('fills partition 0')]);
  const waits = log.publish(topic, [message('waits')]);
  await log.publish(topic, [message('goes in', 1)]);
  const disposed = log[Symbol.asyncDispose]();
  await expect(waits).rejects.toThrow(EventLogClosedError);
  await disposed;
});

test('a small message does not overtake a large one that waits', async () => {
  await using log = createEventLog({ partitions: 1, capacity: { messages: 10, bytes: 100 } });
  const seen: string[] = [];
  const start = Promise.withResolvers<void>();
  await log.consume(topic, 'group', async ({ key }) => {
    await start.promise;
    seen.push(key);
  });
  const published = [message('first', 0, 50), message('large', 0, 60), message('small', 0, 10)].map((each) => log.publish(topic, [each]));
  start.resolve();
  await Promise.all(published);
  await expect.poll(() => seen).toEqual(['first', 'large', 'small']);
});

test('a message that is larger than the log is taken once its partition is empty', async () => {
  await using log = createEventLog({ partitions: 1, capacity: { messages: 10, bytes: 100 } });
  const seen: string[] = [];
  await log.consume(topic, 'group', async ({ key }) => void seen.push(key));
  await log.publish(topic, [message('small'), message('large', 0, 1_000), message('next')]);
  await expect.poll(() => seen).toEqual(['small', 'large', 'next']);
});

test('a topic without a group keeps its newest messages for the first one', async () => {
  await using log = createEventLog({ partitions: 1, capacity: { messages: 3, bytes: 25 } });
  await log.publish(
    topic,
    ['a', 'b', 'c', 'd'].map((key) => message(key, 0, 1)),
  );
  await log.publish(topic, [message('e', 0, 23)]);
  const seen: string[] = [];
  await log.consume(topic, 'group', async ({ key }) => void seen.push(key));
  await expect.poll(() => seen).toEqual(['c', 'd', 'e']);
});

test('the partitions of a consumer take turns', async () => {
  await using log = createEventLog({ partitions: 3 });
  await log.publish(
    topic,
    [0, 0, 0, 1, 1, 2].map((partition) => message('', partition)),
  );
  const seen: number[] = [];
  await log.consume(topic, 'group', async ({ partition }) => void seen.push(partition));
  await expect.poll(() => seen).toEqual([0, 1, 2, 0, 1, 0]);
});

test('a consumer that leaves gives up its other partitions before its message in hand is handled', async () => {
  await using log = createEventLog({ partitions: 4 });
  const finish = Promise.withResolvers<void>();
  const leaving = await log.consume(topic, 'group', () => finish.promise);
  const seen: string[] = [];
  await log.consume(topic, 'group', async ({ key }) => void seen.push(key));
  await log.publish(topic, [message('in hand', 0), message('next', 0), message('given up', 2)]);
  await settle();
  const left = leaving[Symbol.asyncDispose]();
  await expect.poll(() => seen).toEqual(['given up']);
  finish.resolve();
  await left;
  await expect.poll(() => seen).toEqual(['given up', 'next']);
});

test('handlers that never wait for I/O leave timers their turn', async () => {
  await using log = createEventLog({ partitions: 1 });
  let ticked = false;
  let handled = 0;
  const done = Promise.withResolvers<void>();
  await log.consume(topic, 'group', async () => {
    handled++;
    if (ticked || handled === 1e6) done.resolve();
    else void log.publish(topic, [message('again')]);
  });
  setTimeout(() => (ticked = true));
  await log.publish(topic, [message('first')]);
  await done.promise;
  expect(ticked).toBe(true);
});

test('a handler that stops early costs its message no pause, and a disposed log leaves no timer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const log = createEventLog({ partitions: 1 });
    const stopping = await log.consume(topic, 'group', async (_, signal) => {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    await log.publish(topic, [message('stopped early')]);
    await settle();
    await stopping[Symbol.asyncDispose]();
    const seen: string[] = [];
    await log.consume(topic, 'group', async ({ key }) => {
      seen.push(key);
      throw new Error('fails');
    });
    await settle();
    expect(seen).toEqual(['stopped early']);
    expect(vi.getTimerCount()).toBe(1);
    await log[Symbol.asyncDispose]();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('the pause before a message is handled again doubles from 50 ms to 5 s, and starts anew after a success', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    await using log = createEventLog({ partitions: 1 });
    const attempts: number[] = [];
    let fail = true;
    await log.consume(topic, 'group', async () => {
      attempts.push(performance.now());
      if (fail) throw new Error('fails');
    });
    const pauses = async (count: number) => {
      attempts.length = 0;
      await log.publish(topic, [message('fails')]);
      await settle();
      while (attempts.length <= count) {
        await vi.advanceTimersToNextTimerAsync();
        await settle();
      }
      return attempts.slice(1).map((at, i) => at - attempts[i]!);
    };
    expect(await pauses(9)).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    fail = false;
    await vi.advanceTimersToNextTimerAsync();
    await settle();
    fail = true;
    expect(await pauses(1)).toEqual([50]);
  } finally {
    vi.useRealTimers();
  }
});

test('the value of a large message is there for every group and every attempt, and is freed when all have passed it', async () => {
  await using log = createEventLog({ partitions: 1 });
  const value = new Uint8Array(1_000_000).fill(7);
  const seen: string[] = [];
  for (const group of ['one', 'other']) {
    let attempts = 0;
    await log.consume(topic, group, async (message) => {
      seen.push(`${group} ${message.value.byteLength} ${message.value.at(-1)}`);
      if ((attempts += 1) < 2) throw new Error('Once more');
    });
  }
  await log.publish(topic, [{ key: 'large', partition: 0, value }]);
  await expect.poll(() => seen).toHaveLength(4);
  expect(new Set(seen)).toEqual(new Set(['one 1000000 7', 'other 1000000 7']));
  await expect.poll(() => value.byteLength).toBe(0);
});

test('a large dead letter can be published again and again', async () => {
  await using log = createEventLog({ partitions: 1 });
  const seen: number[] = [];
  await log.consume(topic, 'group', async ({ value }) => {
    seen.push(value.filter((byte) => byte === 7).length);
    if (seen.length === 1) throw new UndecodableMessageError('not yet');
  });
  await log.publish(topic, [{ key: 'large', partition: 0, value: new Uint8Array(1_000_000).fill(7) }]);
  await expect.poll(() => log.deadLetters(1)).toHaveLength(1);
  const [letter] = await log.deadLetters(1);
  for (let replays = 1; replays <= 2; replays += 1) {
    expect(await log.replay(letter?.id ?? '')).toBe(true);
    await expect.poll(() => seen).toHaveLength(1 + replays);
  }
  expect(seen).toEqual([1_000_000, 1_000_000, 1_000_000]);
});
