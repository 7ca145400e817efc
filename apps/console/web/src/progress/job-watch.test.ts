import { expect, test } from 'vitest';
import { JobWatch } from './job-watch.ts';

/** A watch over streams that the test speaks through; what is to happen later happens when it says so. */
function setUp() {
  const streams: { closed: boolean; say: (type: string, data?: unknown) => void }[] = [];
  const waits: { ms: number; run: () => void; cancelled: boolean }[] = [];
  const heard: string[] = [];
  const watch = new JobWatch({
    open: () => {
      const listeners = new Map<string, (event: { data?: unknown }) => void>();
      const stream = {
        closed: false,
        addEventListener: (type: string, listener: (event: { data?: unknown }) => void) => void listeners.set(type, listener),
        close: () => void (stream.closed = true),
        say: (type: string, data?: unknown) => listeners.get(type)!({ data: JSON.stringify(data) }),
      };
      streams.push(stream);
      return stream;
    },
    onJob: ({ status }) => heard.push(status),
    onLost: () => heard.push('lost'),
    later: (run, ms) => {
      const wait = { ms, run, cancelled: false };
      waits.push(wait);
      return () => void (wait.cancelled = true);
    },
  });
  return { watch, streams, waits, heard };
}

test('a job is followed until the stream ends', () => {
  const { streams, heard, waits } = setUp();
  streams[0]!.say('message', { status: 'PENDING' });
  streams[0]!.say('message', { status: 'COMPLETED' });
  streams[0]!.say('end');
  expect(heard).toEqual(['PENDING', 'COMPLETED']);
  expect(streams[0]!.closed).toBe(true);
  expect(waits).toEqual([]);
});

test.each(['error', 'away'])('after %s the stream is opened again, each time a little later', (type) => {
  const { streams, waits, heard } = setUp();
  for (let time = 0; time < 6; time++) {
    streams.at(-1)!.say(type);
    waits.at(-1)!.run();
  }
  expect(waits.map(({ ms }) => ms)).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
  expect(heard).toEqual(Array(6).fill('lost'));
  expect(streams.map(({ closed }) => closed)).toEqual([...Array(6).fill(true), false]);
});

test('news of the job makes the next interruption the first one', () => {
  const { streams, waits } = setUp();
  streams[0]!.say('error');
  waits[0]!.run();
  streams[1]!.say('message', { status: 'PENDING' });
  streams[1]!.say('error');
  expect(waits.map(({ ms }) => ms)).toEqual([500, 500]);
});

test('a watch that was stopped hears nothing more and opens nothing more', () => {
  const { watch, streams, waits, heard } = setUp();
  streams[0]!.say('error');
  watch.stop();
  expect(waits[0]!.cancelled).toBe(true);
  streams[0]!.say('message', { status: 'PENDING' });
  streams[0]!.say('error');
  expect(heard).toEqual(['lost']);
  expect(waits).toHaveLength(1);
});
