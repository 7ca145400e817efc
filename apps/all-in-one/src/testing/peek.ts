import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Job } from '@advocate/domain';

/** How far a job is, as its data folder tells without asking the suite. */
export interface Progress {
  readonly phase: 'accepting' | 'claiming' | 'applying' | 'writing' | 'ended';
  readonly slices: number;
  readonly outcomes: number;
  /** Chunks that are committed, of all jobs. */
  readonly decisions: number;
  /** Of all jobs. */
  readonly claims: number;
}

/** Looks into the data folder of a running suite, and lets go of it again at once: a crash must find no other process that has the folder open. */
export function peek(dataDir: string, jobId: string): Progress {
  const count = (database: DatabaseSync, sql: string, ...values: string[]): number =>
    (database.prepare(sql).get(...values) as { count: number }).count;
  using jobs = new DatabaseSync(join(dataDir, 'jobs.db'), { readOnly: true, timeout: 1000 });
  const row = jobs.prepare('SELECT document FROM job WHERE id = ?').get(jobId) as { document: string } | undefined;
  if (row === undefined) return { phase: 'accepting', slices: 0, outcomes: 0, decisions: 0, claims: 0 };
  const job = JSON.parse(row.document) as Job;
  using participants = new DatabaseSync(join(dataDir, 'participants.db'), { readOnly: true, timeout: 1000 });
  const chunks = count(jobs, 'SELECT coalesce(sum(chunks), 0) AS count FROM slice WHERE job = ?', jobId);
  const outcomes = count(jobs, 'SELECT count(*) AS count FROM outcome WHERE job = ?', jobId);
  return {
    phase: phaseOf(job, chunks, outcomes),
    slices: count(jobs, 'SELECT count(*) AS count FROM slice WHERE job = ?', jobId),
    outcomes,
    decisions: count(participants, 'SELECT count(*) AS count FROM decision'),
    claims: count(participants, 'SELECT count(*) AS count FROM claim'),
  };
}

function phaseOf(job: Job, chunks: number, outcomes: number): Progress['phase'] {
  if (job.status !== 'PENDING') return 'ended';
  if (job.dateStarted === undefined) return 'accepting';
  if (!job.claimed) return 'claiming';
  return job.cut !== undefined && outcomes === chunks ? 'writing' : 'applying';
}
