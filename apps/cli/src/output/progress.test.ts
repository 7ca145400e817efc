import { ImportJob } from '@advocate/contracts';
import { expect, test } from 'vitest';
import { Pace } from './pace.ts';
import { Progress } from './progress.ts';
import { bar } from './progress-text.ts';

const job = (recordsProcessed: number, stats: Partial<ImportJob['stats']> = {}): ImportJob =>
  ImportJob.fromPartial({
    status: 'PENDING',
    dateStarted: 1,
    stats: { recordsProcessed, bytesTotal: 1_000_000, bytesProcessed: recordsProcessed * 10, ...stats },
  });

/** What a person sees while time passes as told. */
function watch(live: boolean, columns?: number) {
  let written = '';
  let now = 0;
  const stream = { ...(columns === undefined ? {} : { columns }), write: (text: string) => (written += text) };
  const progress = new Progress(stream, live, () => now);
  return {
    progress,
    at: (ms: number) => void (now = ms),
    lines: () => written.split('\n'),
    drawings: () => written.split('\r\u001b[K').slice(1),
  };
}

test('lines come with the first rows and then at most once a second, with a rate as soon as there is one', () => {
  const { progress, at, lines } = watch(false);
  for (const ms of [0, 400, 1000, 1400, 2400]) {
    at(ms);
    progress.moved(job(ms * 12, { errors: Math.floor(ms / 1000) }));
  }
  progress.done();
  expect(lines()).toEqual([
    '4,800 rows, 0 errors, 12,000 rows/s',
    '16,800 rows, 1 error, 12,000 rows/s',
    '28,800 rows, 2 errors, 12,000 rows/s',
    '',
  ]);
});

test('a bar shows share, rate and remaining time, and is taken away at the end', () => {
  const { progress, at, drawings } = watch(true, 100);
  progress.moved(job(0));
  at(50);
  progress.moved(job(10));
  at(2000);
  progress.moved(job(50_000));
  progress.done();
  progress.done();
  expect(drawings()).toEqual([
    '[>                       ]   0%  0 rows, 0 errors',
    '[============>           ]  50%  50,000 rows, 0 errors, 25,000 rows/s, ETA 2.0 s',
    '',
  ]);
});

test('a bar fits in the terminal', () => {
  const { progress, drawings } = watch(true, 20);
  progress.uploaded(500, 1000);
  expect(drawings()).toEqual(['[============>     ']);
});

test('uploads of unknown size show what was sent', () => {
  const { progress, drawings } = watch(true, 100);
  progress.uploaded(1_200_000, undefined);
  expect(drawings()).toEqual(['uploaded 1.2 MB']);
});

test('once all rows have outcomes, what is left is said', () => {
  const { progress, at, lines } = watch(false);
  at(1000);
  progress.moved(job(100_000, { recordsTotal: 100_000 }));
  expect(lines()).toEqual(['100,000 rows, 0 errors, writing the result files', '']);
});

test('a job that waits for its turn says so', () => {
  const { progress, drawings } = watch(true, 100);
  progress.moved({ ...job(0), dateStarted: 0 });
  expect(drawings()).toEqual(['[>                       ]   0%  waiting to start']);
});

test('a note stands on a line of its own', () => {
  const { progress, lines } = watch(true, 100);
  progress.moved(job(0));
  progress.note('Hello.');
  expect(lines()[0]).toMatch(/\r\u001b\[KHello\.$/);
});

test('a bar says 100 % only when done', () => {
  expect(bar(0.9999)).toBe('[=======================>]  99%');
  expect(bar(1)).toBe('[========================] 100%');
  expect(bar(7)).toBe(bar(1));
});

test('the rate looks back ten seconds', () => {
  const pace = new Pace();
  expect(pace.rowsPerSecond).toBeUndefined();
  for (let second = 0; second <= 60; second++) pace.add(second * 1000, second < 30 ? 0 : (second - 30) * 500, 0);
  expect(pace.rowsPerSecond).toBe(500);
  expect(pace.bytesPerSecond).toBe(0);
});
