import type { ApiErrorCode, RowError } from './row-error.ts';
import { causeOf } from './row-error.ts';

/** Failed rows that have the same thing wrong. It has nothing of a participant. */
export interface ErrorCause {
  readonly message: string;
  readonly apiErrorCode: ApiErrorCode;
  readonly count: number;
}

/** How many causes are shown and kept of a job. */
export const maxCauses = 50;
/** A file can make up causes without end, such as custom fields of any name; those that come after so many are not told apart. */
const maxCounted = 1000;

/** Counts rows by what is wrong with them, in memory that does not grow with the rows. */
export class CauseCounter {
  readonly #causes = new Map<string, { readonly message: string; readonly apiErrorCode: ApiErrorCode; count: number }>();

  /** Counts a failed row. False when it has a cause beyond those that are counted. */
  add(error: Pick<RowError, 'message' | 'cause' | 'apiErrorCode'>): boolean {
    const key = causeKey(error);
    const known = this.#causes.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#causes.size < maxCounted) {
      this.#causes.set(key, { message: causeOf(error), apiErrorCode: error.apiErrorCode, count: 1 });
    } else return false;
    return true;
  }

  /** The most frequent causes, at most {@link maxCauses}, the most frequent first; of those that are as frequent the one that was met first. */
  top(): readonly ErrorCause[] {
    return [...this.#causes.values()].toSorted((one, other) => other.count - one.count).slice(0, maxCauses);
  }
}

/** The same for errors of the same cause. */
export const causeKey = (error: Pick<RowError, 'message' | 'cause' | 'apiErrorCode'>): string => `${error.apiErrorCode} ${causeOf(error)}`;
