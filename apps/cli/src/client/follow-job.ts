import { setTimeout } from 'node:timers/promises';
import type { ImportJob } from '@advocate/contracts';
import { read } from '@advocate/contracts';
import { CommandError } from '../errors.ts';
import { isServerGone } from './api.ts';
import type { Api } from './api.ts';

const retryMs = 500;
const patienceMs = 60_000;

export interface JobFollower {
  /** The job moved. */
  moved(job: ImportJob): void;
  /** The server went away; it is tried again for a minute. */
  serverGone(): void;
}

export const isFinal = (job: ImportJob): boolean => job.status !== 'PENDING';

/** Follows a job until it has its final status, through restarts of the server. */
export async function followJob(api: Api, name: string, follower: JobFollower, signal: AbortSignal): Promise<ImportJob> {
  let lastWord = Date.now();
  let gone = false;
  for (;;) {
    try {
      for await (const { importJob } of read(api.jobs.watchImportJob({ name }), signal)) {
        if (importJob === undefined) continue;
        lastWord = Date.now();
        gone = false;
        follower.moved(importJob);
        if (isFinal(importJob)) return importJob;
      }
    } catch (error) {
      if (!isServerGone(error)) throw error;
      if (!gone) follower.serverGone();
      gone = true;
    }
    if (Date.now() - lastWord > patienceMs) {
      throw new CommandError(`The server has not answered for ${patienceMs / 1000} seconds. The job goes on when it is back.`);
    }
    await setTimeout(retryMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
