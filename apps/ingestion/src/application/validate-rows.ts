import type { Job, RowError, UserKey } from '@advocate/domain';
import { deletionParser, userParser } from '@advocate/domain';
import { openRows } from '@advocate/apply';
import type { FileStore } from '@advocate/ports';
import { cutSlices } from './cut-slices.ts';

export interface Validation {
  readonly records: number;
  readonly invalid: number;
  /** The first {@link maxErrors}, in file order. */
  readonly firstErrors: readonly (RowError & { readonly recordNumber: number })[];
}

const maxErrors = 100;

/** Reads every row of a job's file as it would be read when applied, without looking at stored participants. */
export async function validateRows(files: FileStore, job: Job): Promise<Validation> {
  const parser = job.plan.type === 'users' ? userParser(job.plan) : deletionParser(job.plan);
  const firstErrors: (RowError & { recordNumber: number })[] = [];
  let records = 0;
  let invalid = 0;
  for await (const { chunks } of cutSlices(files, { ...job, partitions: 1 }, { index: 0, start: job.source.start })) {
    for (const chunk of chunks) {
      const rows = openRows<UserKey>(chunk, parser);
      for (let index = 0; index < rows.length; index += 1) {
        const { error } = rows.at(index);
        records += 1;
        if (error === undefined) continue;
        invalid += 1;
        if (firstErrors.length < maxErrors) firstErrors.push({ ...error, recordNumber: chunk.recordNumbers[index] ?? 0 });
      }
    }
  }
  return { records, invalid, firstErrors };
}
