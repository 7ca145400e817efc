import type { ErrorCause, Job } from '@advocate/domain';
import { CauseCounter, causeKey } from '@advocate/domain';
import type { NumberedError } from '@advocate/messages';
import { readOutcomeErrors } from '@advocate/messages';
import type { FileStore, JobStore } from '@advocate/ports';
import type { FoundRow } from './find-rows.ts';
import { findRows } from './find-rows.ts';

/** Why rows failed, the most frequent cause first. */
export interface ErrorDigest {
  readonly causes: readonly DigestedCause[];
  /** Failed rows, those of causes that are not listed included. */
  readonly errors: number;
}

export interface DigestedCause extends ErrorCause {
  /** The first, in file order; none when the outcomes have expired. */
  readonly examples: readonly ErrorExample[];
}

/** A failed row, and its place in the file as far as the file is there. */
export interface ErrorExample extends FoundRow {
  readonly error: NumberedError;
}

export interface DigestDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
}

/** Groups a job's errors by their cause, with the first examples of each. Of a job that runs, those found so far. */
export async function digestErrors({ jobs, files }: DigestDependencies, job: Job, examplesPerCause: number): Promise<ErrorDigest> {
  const collected = await collect(jobs, job, examplesPerCause);
  const causes = job.errorCauses ?? collected.causes;
  const { failed } = job.counts ?? (await jobs.progress(job.id)).counts;
  const shown = causes.map((cause) => ({ ...cause, errors: collected.examples.get(causeKey(cause)) ?? [] }));
  const rows = await findRows(
    files,
    job,
    await jobs.slices(job.id),
    shown.flatMap(({ errors }) => errors),
  );
  return {
    causes: shown.map(({ errors, ...cause }) => {
      return { ...cause, examples: errors.map((error) => ({ error, ...(rows.get(error.recordNumber) ?? { line: 0, value: '' }) })) };
    }),
    errors: failed,
  };
}

interface Collected {
  readonly causes: readonly ErrorCause[];
  /** By {@link causeKey}. */
  readonly examples: ReadonlyMap<string, readonly NumberedError[]>;
}

/** Reads the chunks that have failed rows, slice by slice; of a job whose causes are known, until there are examples of each. */
async function collect(jobs: JobStore, { id, errorCauses }: Job, examplesPerCause: number): Promise<Collected> {
  const counter = new CauseCounter();
  const examples = new Map<string, NumberedError[]>();
  const missing = new Map(errorCauses?.map((cause) => [causeKey(cause), Math.min(cause.count, examplesPerCause)]));
  for await (const chunks of jobs.failures(id)) {
    const errors = chunks.flatMap((bytes) => [...readOutcomeErrors(bytes)]);
    for (const error of errors.sort((one, other) => one.recordNumber - other.recordNumber)) {
      const key = causeKey(error);
      if (!counter.add(error)) continue;
      const known = examples.get(key) ?? [];
      if (known.length === examplesPerCause) continue;
      examples.set(key, [...known, error]);
      if (known.length + 1 === missing.get(key)) missing.delete(key);
    }
    if (errorCauses !== undefined && missing.size === 0) break;
  }
  return { causes: counter.top(), examples };
}
