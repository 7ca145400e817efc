import { isUtf8 } from 'node:buffer';
import type { ImportPlan, Job, UserUpsert } from '@advocate/domain';
import { codeKey, linkKey, readUserHeader, userParser } from '@advocate/domain';
import type { CodeClaim, FileStore, ParticipantStore } from '@advocate/ports';
import type { RecordBatch } from './read-records.ts';
import { readRecords } from './read-records.ts';
import { faultOf } from './record-facts.ts';

const claimsPerWrite = 4000;

/** Whether the file of a plan may give codes or links, so that they have to be claimed. */
export function mayGiveCodes({ type, format, columns, linkDomains }: ImportPlan): boolean {
  return type === 'users' && (format === 'jsonl' || readUserHeader(columns, { linkDomains }).givesCodes);
}

/**
 * Claims the codes and links that a file gives, in file order, before any of its rows is dispatched: so the first row that gives
 * a code owns it, however the rows are applied. A row that is not valid claims nothing. Claiming again changes nothing.
 */
export async function claimCodes(files: FileStore, participants: ParticipantStore, job: Job, signal: AbortSignal): Promise<void> {
  const { tenant } = job;
  let claims: CodeClaim[] = [];
  const upsertsOf = upsertReader(job);
  for await (const batch of readRecords(files, job.source, job.plan.format, job.source.start)) {
    for (const { upsert, recordNumber } of upsertsOf(batch)) addClaims(claims, upsert, recordNumber);
    if (claims.length < claimsPerWrite) continue;
    await participants.claim(tenant, job.id, claims);
    claims = [];
    signal.throwIfAborted();
  }
  if (claims.length > 0) await participants.claim(tenant, job.id, claims);
}

function addClaims(claims: CodeClaim[], upsert: UserUpsert, recordNumber: number): void {
  const owner = { accountId: upsert.accountId, id: upsert.id };
  for (const [programId, code] of Object.entries(upsert.referralCodes ?? {})) {
    claims.push({ key: codeKey(code), owner, programId, code, recordNumber });
  }
  for (const [programId, link] of Object.entries(upsert.shareLinks ?? {})) {
    claims.push({ key: linkKey(link), owner, programId, code: link, recordNumber });
  }
}

interface NumberedUpsert {
  readonly upsert: UserUpsert;
  readonly recordNumber: number;
}

/** Reads the valid rows of a batch; of JSONL lines only those that may name codes. */
function upsertReader(job: Job): (batch: RecordBatch) => Iterable<NumberedUpsert> {
  const parser = userParser(job.plan);
  const isCsv = job.plan.format === 'csv';
  return function* (batch) {
    const { records } = batch;
    for (let index = 0; index < records.count; index += 1) {
      const record = faultOf(batch, index) === undefined ? batch.bytesOf(index) : undefined;
      if (record === undefined || !isUtf8(record)) continue;
      const parsed = isCsv ? cells(batch.cellsOf(index)) : line(record);
      if (parsed?.row !== undefined) yield { upsert: parsed.row, recordNumber: records.recordNumbers[index] ?? 0 };
    }
  };

  function cells(values: ReturnType<RecordBatch['cellsOf']>): ReturnType<typeof parser.cells> | undefined {
    return Array.isArray(values) ? parser.cells(values) : undefined;
  }

  function line(record: Buffer): ReturnType<typeof parser.object> | undefined {
    if (!mayNameCodes(record)) return undefined;
    try {
      return parser.object(JSON.parse(record.toString('utf8')));
    } catch {
      return undefined;
    }
  }
}

/** Escapes may hide any name. */
function mayNameCodes(record: Buffer): boolean {
  return record.includes('referralCodes') || record.includes('shareLinks') || record.includes('\\u');
}
