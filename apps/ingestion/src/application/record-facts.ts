import type { ImportPlan, Wording } from '@advocate/domain';
import { common, partitionOf, wording } from '@advocate/domain';
import { RecordFlag } from '@advocate/record-scanner';
import type { RecordBatch } from './read-records.ts';
import { maxRecordBytes } from './read-records.ts';

/** Why a record cannot be passed on to be read as a row, if so. */
export function faultOf(batch: RecordBatch, index: number): Wording | undefined {
  const { records } = batch;
  if (((records.flags[index] ?? 0) & RecordFlag.unclosedQuote) !== 0) {
    return wording`The quote that opens in line ${batch.openQuoteLine ?? 0} is never closed, so the rest of the file was read as one row; close it and send the rows from there again`;
  }
  const length = records.lengths[index] ?? 0;
  if (length > maxRecordBytes) {
    return wording`The row is ${length.toLocaleString('en-US')} bytes long; the limit is ${common(maxRecordBytes.toLocaleString('en-US'))}`;
  }
  return undefined;
}

/** Deals records to partitions by their account. A record whose account cannot be read fails wherever it goes. */
export class PartitionDealer {
  readonly #plan: ImportPlan;
  readonly #partitions: number;
  readonly #accountIdColumn: number;

  constructor(plan: ImportPlan, partitions: number) {
    this.#plan = plan;
    this.#partitions = partitions;
    this.#accountIdColumn = plan.columns.indexOf('accountId');
  }

  /** The partition of a record that has bytes. */
  partition(batch: RecordBatch, index: number): number {
    if (this.#partitions === 1) return 0;
    const accountId = this.#plan.format === 'csv' ? this.#accountOfCells(batch, index) : accountOfLine(batch.bytesOf(index));
    return accountId === undefined ? 0 : partitionOf(this.#plan.tenant, accountId, this.#partitions);
  }

  #accountOfCells(batch: RecordBatch, index: number): string | undefined {
    const cell = batch.cellOf(index, this.#accountIdColumn);
    return typeof cell === 'string' ? cell : undefined;
  }
}

const accountIdText = '"accountId"';
const accountIdValue = /"accountId"[ \t]*:[ \t]*"([^"]*)"/;

/**
 * The account id of a JSONL line. A line without escapes that names `accountId` once needs no parsing: either that is the
 * account id, or the line has none and fails in any partition.
 */
function accountOfLine(record: Buffer | undefined): string | undefined {
  if (record === undefined) return undefined;
  const line = record.toString('utf8');
  const first = line.indexOf(accountIdText);
  if (first >= 0 && !line.includes('\\') && !line.includes(accountIdText, first + 1)) {
    const match = accountIdValue.exec(line);
    if (match !== null) return match[1];
  }
  try {
    const value: unknown = JSON.parse(line);
    const accountId = typeof value === 'object' && value !== null ? (value as { accountId?: unknown }).accountId : undefined;
    return typeof accountId === 'string' ? accountId : undefined;
  } catch {
    return undefined;
  }
}
