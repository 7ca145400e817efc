import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ImportJob } from '@advocate/contracts';
import { dumpStore, firstDifference } from './testing/dump-store.ts';
import { deletionsFile, usersFile } from './testing/import-files.ts';
import type { Progress } from './testing/peek.ts';
import { peek } from './testing/peek.ts';
import type { Random } from './testing/random.ts';
import { createRandom } from './testing/random.ts';
import { spawnSuite } from './testing/spawn-suite.ts';
import type { Suite } from './testing/start-suite.ts';
import { startSuite, temporaryFolder } from './testing/start-suite.ts';
import type { Import, JobOptions } from './testing/suite-client.ts';
import { until } from './testing/suite-client.ts';

const seed = Number(process.env.CRASH_SEED ?? 1);
const shape = { consumers: 2, partitions: 4 };

/** When to kill: once the job is in a phase, and that far in it, after a moment of chance. */
interface Strike {
  readonly phase: Progress['phase'];
  readonly isDue: (progress: Progress) => boolean;
  readonly delayMs: number;
}

const phases: readonly Progress['phase'][] = ['accepting', 'claiming', 'applying', 'writing', 'ended'];

/** Runs a job on a folder and kills its process at every strike. Answers the phases in which it was killed, and what the job came to. */
async function runThroughKills(dataDir: string, content: string, options: JobOptions, strikes: readonly Strike[]) {
  const killedIn: Progress['phase'][] = [];
  let name = '';
  for (const strike of strikes) {
    await using suite = await spawnSuite(dataDir, shape);
    if (name === '') ({ name } = await suite.client.start(content, options));
    const jobId = name.split('/').at(-1) ?? '';
    const look = (): Progress => peek(dataDir, jobId);
    const hasPassed = ({ phase }: Progress): boolean => phases.indexOf(phase) > phases.indexOf(strike.phase);
    let now: Progress | undefined;
    const isDue = (): true | undefined => {
      now = look();
      return hasPassed(now) || (now.phase === strike.phase && strike.isDue(now)) || undefined;
    };
    await until(isDue, () => `${strike.phase} after ${killedIn.length} kills; the job is at ${JSON.stringify(now)}`, 30_000);
    await pause(strike.delayMs);
    const { phase } = look();
    await suite.kill();
    killedIn.push(phase);
    if (phase === 'ended') break;
  }
  await using suite = await spawnSuite(dataDir, shape);
  return { killedIn, outcome: await suite.client.outcome(name) };
}

/** Strikes in the order of a job's progress. */
function drawStrikes(
  random: Random,
  { claiming, applying, writing }: { claiming: number; applying: number; writing: number },
  chunks: number,
): Strike[] {
  const anyTime = (): boolean => true;
  const marks = Array.from({ length: applying }, () => ({ bySlice: random.chance(0.4), at: random.next() })).sort(
    (one, other) => one.at - other.at,
  );
  return [
    ...Array.from({ length: claiming }, () => ({ phase: 'claiming' as const, isDue: anyTime, delayMs: random.below(120) })),
    ...marks.map(({ bySlice, at }): Strike => {
      const isDue = ({ slices, outcomes }: Progress): boolean =>
        bySlice ? slices >= (at * chunks) / shape.partitions : outcomes >= at * chunks;
      return { phase: 'applying', isDue, delayMs: random.below(40) };
    }),
    ...Array.from({ length: writing }, () => ({ phase: 'writing' as const, isDue: anyTime, delayMs: random.below(60) })),
  ];
}

function expectSame(outcome: Import, undisturbed: Import): void {
  expect(firstDifference(outcome.results?.split('\n') ?? [], undisturbed.results?.split('\n') ?? []), 'results').toBeUndefined();
  expect(firstDifference(outcome.errors?.split('\n') ?? [], undisturbed.errors?.split('\n') ?? []), 'errors').toBeUndefined();
  // When a job ends, and where its upload lies, differs from run to run.
  const lasting = ({ fileRef: _, dateCompleted: __, dateExpires: ___, ...job }: ImportJob) => job;
  expect(lasting(outcome.job)).toEqual(lasting(undisturbed.job));
}

describe('a job never dies of a crash', () => {
  test(`ends with the same store and files as an undisturbed run, wherever its process is killed (seed ${seed})`, async () => {
    const random = createRandom(seed);
    const file = usersFile(50_000, seed);
    const users = { requestId: 'users' };
    const deletions = { requestId: 'deletions', type: 'USER_DELETIONS', filename: 'deletions.csv' } as const;
    const deletedContent = deletionsFile(file, seed);

    const calm = await temporaryFolder();
    const importedCalmly = await onFreshStart(calm, (suite) => suite.importFile(file.content, users));
    const storeAfterImport = dumpStore(calm);
    const deletedCalmly = await onFreshStart(calm, (suite) => suite.importFile(deletedContent, deletions));
    expect(importedCalmly.job).toMatchObject({ status: 'COMPLETED', stats: { recordsProcessed: 50_000 } });
    expect(deletedCalmly.job).toMatchObject({ status: 'COMPLETED' });

    const struck = await temporaryFolder();
    const imported = await runThroughKills(struck, file.content, users, drawStrikes(random, { claiming: 3, applying: 6, writing: 3 }, 32));
    expectSame(imported.outcome, importedCalmly);
    expect(firstDifference(dumpStore(struck), storeAfterImport), 'store after the import').toBeUndefined();
    const deleted = await runThroughKills(
      struck,
      deletedContent,
      deletions,
      drawStrikes(random, { claiming: 0, applying: 7, writing: 2 }, 28),
    );
    expectSame(deleted.outcome, deletedCalmly);
    expect(firstDifference(dumpStore(struck), dumpStore(calm)), 'store after the deletions').toBeUndefined();

    for (const [killedIn, wanted] of [
      [imported.killedIn, { claiming: 2, applying: 4, writing: 1 }],
      [deleted.killedIn, { applying: 5, writing: 1 }],
    ] as const) {
      expect(killedIn.filter((phase) => phase !== 'ended').length, 'kills in mid-job').toBeGreaterThanOrEqual(8);
      for (const [phase, times] of Object.entries(wanted)) {
        expect(killedIn.filter((killed) => killed === phase).length, `kills while ${phase}`).toBeGreaterThanOrEqual(times);
      }
    }
  });
});

async function onFreshStart<Result>(dataDir: string, run: (suite: Suite) => Promise<Result>): Promise<Result> {
  await using suite = await startSuite({ dataDir, ...shape });
  return await run(suite);
}
