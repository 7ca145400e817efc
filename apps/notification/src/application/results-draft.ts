import type { Job } from '@advocate/domain';
import { jobFiles, summariseChunkOutcome } from '@advocate/messages';
import type { FileStore, JobStore } from '@advocate/ports';
import { readSliceOutcomes } from './slice-outcomes.ts';
import { resultLines } from './write-files.ts';

/** Ends a draft that is not wanted any more. */
class DraftDiscarded extends Error {}

/**
 * A results file that is written while the job still runs, slice by slice as they are finished, so that little is left to do at the end. Its columns are
 * those of the first slice; when a later slice has a custom field more, the draft is worthless and the file is written anew at the end.
 */
export class ResultsDraft {
  readonly tenant: string;
  readonly #finished = new Set<number>();
  readonly #columns = Promise.withResolvers<readonly string[]>();
  #next = 0;
  #end: 'open' | 'complete' | 'discarded' = 'open';
  #wake = Promise.withResolvers<void>();
  readonly #written: Promise<boolean>;

  constructor(jobs: JobStore, files: FileStore, job: Job) {
    this.tenant = job.tenant;
    this.#written = files.write(jobFiles(job).results.stored, this.#lines(jobs, job)).then(
      () => true,
      () => false,
    );
  }

  /** A slice has all its outcomes; telling it again changes nothing. */
  sliceFinished(slice: number): void {
    if (slice < this.#next) return;
    this.#finished.add(slice);
    this.#signal();
  }

  async *#lines(jobs: JobStore, job: Job): AsyncGenerator<Uint8Array> {
    const slices = this.#slices();
    const first = await slices.next();
    const customFields = first.done ? [] : await fieldsOf(jobs, job, first.value);
    this.#columns.resolve(customFields);
    if (first.done) return;
    const known = new Set(customFields);
    const fitting = async function* (): AsyncGenerator<number> {
      yield first.value;
      for await (const slice of slices) {
        if ((await fieldsOf(jobs, job, slice)).some((name) => !known.has(name))) throw new DraftDiscarded();
        yield slice;
      }
    };
    yield* resultLines(jobs, job, fitting(), customFields);
  }

  /** Finished slices in order, until the draft is ended. */
  async *#slices(): AsyncGenerator<number> {
    for (;;) {
      if (this.#finished.delete(this.#next)) {
        this.#next += 1;
        yield this.#next - 1;
      } else if (this.#end === 'complete') {
        return;
      } else if (this.#end === 'discarded') {
        throw new DraftDiscarded();
      } else {
        await this.#wake.promise;
      }
    }
  }

  #signal(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  /** Finishes the file; false when it is not the results file of these slices with these custom fields, which then does not exist. */
  async complete(slices: readonly number[], customFields: readonly string[]): Promise<boolean> {
    if (slices.length === 0) {
      await this.discard();
      return false;
    }
    for (const slice of slices) this.sliceFinished(slice);
    const isWhole = slices.every((slice, index) => slice === index);
    // A draft that cannot be written never learns its columns.
    const columns = await Promise.race([this.#columns.promise, this.#written.then(() => undefined)]);
    const hasColumns = isWhole && columns !== undefined && isSame(columns, customFields);
    this.#end = hasColumns ? 'complete' : 'discarded';
    this.#signal();
    return this.#written;
  }

  async discard(): Promise<void> {
    this.#end = 'discarded';
    this.#signal();
    await this.#written;
  }
}

async function fieldsOf(jobs: JobStore, job: Job, slice: number): Promise<string[]> {
  using outcomes = await readSliceOutcomes(jobs, job.id, slice);
  const names = outcomes.chunks.flatMap((chunk) => summariseChunkOutcome(chunk).customFields);
  return [...new Set(names)].sort();
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
