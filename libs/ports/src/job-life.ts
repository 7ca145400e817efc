import type { Job } from '@advocate/domain';
import { eventPublished, mailSent, mailTaken, resumed } from '@advocate/domain';
import type { JobEnding, JobLease, JobProgress, JobStore } from './job-store.ts';

type LifeOfJobs = Pick<JobStore, 'advance' | 'finish' | 'resume' | 'eventPublished' | 'takeMail' | 'mailSent'>;

/** What happens to a job in its life, the same in every {@link JobStore}: each step is one change of the job as it is stored. */
export abstract class JobLife implements LifeOfJobs {
  /**
   * Changes a job as one: of several who do so at a time, each changes what the one before has left. Answers the job as it is then, nothing when there is none.
   *
   * @param change answers the same object when there is nothing to change; may be called again when somebody else was faster. `isBeingRemoved`: the removal
   *   of the job has begun, and what it would go on from goes away
   */
  protected abstract change(tenant: string, jobId: string, change: (job: Job, isBeingRemoved?: boolean) => Job): Promise<Job | undefined>;

  async advance(tenant: string, jobId: string, progress: JobProgress): Promise<Job | undefined> {
    return this.change(tenant, jobId, (job) => (job.status === 'PENDING' ? { ...job, ...progress } : job));
  }

  async finish(tenant: string, jobId: string, ending: JobEnding): Promise<boolean> {
    let finished = false;
    await this.change(tenant, jobId, (job) => {
      finished = job.status === 'PENDING';
      return finished ? { ...job, ...ending, eventOwed: true, mailOwed: job.mailtoEmail !== '' } : job;
    });
    return finished;
  }

  async resume(tenant: string, jobId: string): Promise<Job | undefined> {
    let isAborted = false;
    const job = await this.change(tenant, jobId, (before, isBeingRemoved = false) => {
      isAborted = before.status === 'ABORTED' && !isBeingRemoved;
      return isAborted ? resumed(before) : before;
    });
    return isAborted ? job : undefined;
  }

  async eventPublished(tenant: string, jobId: string, resumptions?: number): Promise<void> {
    await this.change(tenant, jobId, (job) => eventPublished(job, resumptions));
  }

  async takeMail(tenant: string, jobId: string, lease: JobLease, now: number): Promise<Job | undefined> {
    let taken: Job | undefined;
    await this.change(tenant, jobId, (job) => (taken = mailTaken(job, lease, now)) ?? job);
    return taken;
  }

  async mailSent(tenant: string, jobId: string, resumptions?: number): Promise<void> {
    await this.change(tenant, jobId, (job) => mailSent(job, resumptions));
  }
}
