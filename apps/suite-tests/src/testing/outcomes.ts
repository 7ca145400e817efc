import { parseString } from 'fast-csv';
import { type Import, parent } from '@advocate/all-in-one/testing';
import type { ParticipantEvent } from '@advocate/contracts';

export interface ChangedRow {
  readonly recordNumber: number;
  readonly accountId: string;
  readonly id: string;
}

/** What became of the rows of a CSV import, by its files. */
export interface RowOutcomes {
  /** In the order of the results. */
  readonly succeeded: readonly ChangedRow[];
  /** Record numbers, in the order of the errors. */
  readonly failed: readonly number[];
}

/** Reads an import's files. A row that has no line in them, or two, gives those after it a wrong record number. */
export async function readOutcomes({ job, results, errors }: Import): Promise<RowOutcomes> {
  const failed = (await readCsv(errors)).map(({ recordNumber }) => Number(recordNumber));
  const failures = new Set(failed);
  const records = Array.from({ length: job.stats?.recordsTotal ?? 0 }, (_, index) => index + 2);
  const fine = records.filter((recordNumber) => !failures.has(recordNumber));
  const succeeded = (await readCsv(results)).map(({ accountId = '', id = '' }, index) => ({
    recordNumber: fine[index] ?? 0,
    accountId,
    id,
  }));
  return { succeeded, failed };
}

/** What is wrong with the public events of an import's rows, as lines: each row that changed has one, repeats of it are the same, and no other row has any. */
export function contradictions({ job }: Import, { succeeded }: RowOutcomes, events: readonly ParticipantEvent[]): string[] {
  const ofJob = events.filter(({ jobId }) => jobId === job.id);
  const distinct = new Map(ofJob.map((event) => [event.id, event]));
  const rows = new Map(succeeded.map((row) => [row.recordNumber, row]));
  const count = (type: ParticipantEvent['type']): number => distinct.values().reduce((sum, event) => sum + Number(event.type === type), 0);
  const { created = 0, updated = 0, deleted = 0 } = job.stats ?? {};
  const counts = `${count('CREATED')} created, ${count('UPDATED')} updated, ${count('DELETED')} deleted`;
  const expectedCounts = `${created} created, ${updated} updated, ${deleted} deleted`;
  return [
    ...(counts === expectedCounts ? [] : [`events of ${counts}, but rows of ${expectedCounts}`]),
    ...ofJob.flatMap((event) => {
      const row = rows.get(event.recordNumber);
      const isRight =
        row?.accountId === event.accountId && row.id === event.participantId && event.id === `${job.id}/${event.recordNumber}`;
      const isRepeat = distinct.get(event.id)?.type === event.type;
      return isRight && isRepeat ? [] : [JSON.stringify(event)];
    }),
  ];
}

/** The names of the participants who are there after events; and the ids of events that make no sense where they are told first. */
export function replay(events: readonly ParticipantEvent[]): {
  readonly present: readonly string[];
  readonly senseless: readonly string[];
} {
  const present = new Set<string>();
  const senseless: string[] = [];
  const told = new Set<string>();
  for (const { id, type, accountId, participantId } of events) {
    if (told.has(id)) continue;
    told.add(id);
    const name = `${parent}/accounts/${accountId}/participants/${participantId}`;
    if (present.has(name) === (type === 'CREATED')) senseless.push(`${id} ${type} ${name}`);
    if (type === 'DELETED') present.delete(name);
    else present.add(name);
  }
  return { present: [...present], senseless };
}

async function readCsv(text = ''): Promise<Record<string, string>[]> {
  return (await Array.fromAsync(parseString(text, { headers: true }))) as Record<string, string>[];
}
