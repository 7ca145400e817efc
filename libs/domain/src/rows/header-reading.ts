import type { Parsed } from '../row-error.ts';
import type { ColumnMeaning } from './column-meaning.ts';

/** What a CSV header says about its file. */
export interface HeaderReading<Row> {
  /** Why the file cannot be read; empty when it can. */
  readonly problems: readonly HeaderProblem[];
  /** What the file's owner should know although the file can be read, such as ignored columns. */
  readonly warnings: readonly string[];
  /** What each column means, in the header's order. */
  readonly columns: readonly ColumnMeaning[];
  /** Reads one record by its cells in the columns' order. Never throws; of several errors it reports the first in the fields' order. */
  readonly parse: (cells: readonly string[]) => Parsed<Row>;
  /** Whether there are columns with referral codes or share links. */
  readonly givesCodes: boolean;
  /** Whether there are columns with codes or links, be they the user's own or those of referrers. */
  readonly namesCodes: boolean;
  /** Ids of the programs that code and link columns name, in the columns' order, each once. */
  readonly programs: readonly string[];
  /** The index of the `accountId` column; -1 when there is none. */
  readonly accountIdColumn: number;
}

/** A fault of a header, with a message that names the place and the remedy. */
export interface HeaderProblem {
  readonly type: 'MISSING_HEADERS' | 'CSV_PARSING';
  readonly message: string;
}
