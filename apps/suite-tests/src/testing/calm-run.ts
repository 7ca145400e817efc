import { expect } from 'vitest';
import { firstDifference, type Import, type JobOptions, startSuite, type SuiteClient } from '@advocate/all-in-one/testing';
import { describeStore } from './describe-store.ts';

export type ImportFile = (content: string, options: JobOptions) => Promise<Import>;

/** What a client does with a suite. */
export type Script = (client: () => SuiteClient, importFile: ImportFile) => Promise<void>;

/** What came of a script. */
export interface Run {
  readonly imports: readonly Import[];
  /** As {@link describeStore} tells. */
  readonly store: readonly string[];
}

/** Runs a script undisturbed on the embedded engine, where each import is accepted at the time when its counterpart in another run was. */
export async function runCalmly(script: Script, counterparts: readonly Import[], accountIds: readonly string[]): Promise<Run> {
  let now = 0;
  await using suite = await startSuite({ consumers: 2, partitions: 4, now: () => now });
  const imports: Import[] = [];
  await script(
    () => suite.client,
    async (content, options) => {
      now = counterparts[imports.length]?.job.dateCreated ?? 0;
      const made = await suite.importFile(content, options);
      imports.push(made);
      // What follows comes after it.
      now += 1;
      return made;
    },
  );
  return { imports, store: await describeStore(suite.client, accountIds) };
}

/** That two runs have come to the same jobs, files and stores. Only when a job was worked on, and where its upload lies, may differ. */
export function expectSame(run: Run, other: Run): void {
  expect(run.imports.length).toBe(other.imports.length);
  for (const [index, { job, results, errors, failedRows }] of run.imports.entries()) {
    const expected = other.imports[index]!;
    const name = `import ${index + 1}`;
    expect(lasting(job), name).toEqual(lasting(expected.job));
    expect(firstDifference(linesOf(results), linesOf(expected.results)), `${name}: results`).toBeUndefined();
    expect(firstDifference(linesOf(errors), linesOf(expected.errors)), `${name}: errors`).toBeUndefined();
    expect(firstDifference(linesOf(failedRows), linesOf(expected.failedRows)), `${name}: failed rows`).toBeUndefined();
  }
  expect(firstDifference(run.store, other.store), 'store').toBeUndefined();
}

const lasting = ({ fileRef: _, dateStarted: __, dateCompleted: ___, dateExpires: ____, ...job }: Import['job']): object => job;
const linesOf = (text: string | undefined): string[] => text?.split('\n') ?? [];
