import { codeKey } from '@advocate/domain';
import type { ClaimDocument, JobClaim } from './protocol/claims.ts';
import type { TokenDocument } from './protocol/documents.ts';
import { idOf } from './protocol/keys.ts';

/** A claim as it is stored: its content is one text, as there are as many claims as participants, and each field costs the driver and the server. */
export interface StoredClaim extends TokenDocument {
  /** JSON, see {@link ClaimLine}. */
  readonly content: string;
}

/** The owner, the lister, and the jobs one after the other. A null stands for what can be told from the rest, or is not there. */
type ClaimLine = [accountId: string, userId: string | null, lister: string | null, ...jobs: (string | number | null)[]];
const jobAt = 3;
const jobLength = 5;

export function storedClaim({ _id, token, owner, jobs, lister }: ClaimDocument): StoredClaim {
  const { accountId, id } = owner;
  const line: ClaimLine = [accountId, id === accountId ? null : id, lister ?? null];
  for (const { job, term, program, code, record } of jobs) {
    line.push(job, term, program, isPlain(_id, code) ? null : code, record ?? null);
  }
  return { _id, token, content: JSON.stringify(line) };
}

export function claimOf({ _id, token, content }: StoredClaim): ClaimDocument {
  const line = JSON.parse(content) as ClaimLine;
  const [accountId, id, lister] = line;
  const jobs: JobClaim[] = [];
  for (let at = jobAt; at < line.length; at += jobLength) {
    const [job, term, program, code, record] = line.slice(at, at + jobLength) as [string, string, string, string | null, number | null];
    jobs.push({ job, term, program, code: code ?? plainCode(_id), ...(record === null ? {} : { record }) });
  }
  return { _id, token, owner: { accountId, id: id ?? accountId }, jobs, ...(lister === null ? {} : { lister }) };
}

const plainPrefix = codeKey('');

/** Whether a code is spelt as in its key, as generated ones are. */
const isPlain = (claimId: string, code: string): boolean => idOf(claimId) === plainPrefix + code;

const plainCode = (claimId: string): string => idOf(claimId).slice(plainPrefix.length);
