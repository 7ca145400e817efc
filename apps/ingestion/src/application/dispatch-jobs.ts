import type { Job } from '@advocate/domain';
import { repeat } from '@advocate/service';
import type { DriveDependencies } from './drive-job.ts';
import { JobDrive } from './drive-job.ts';
import { TurnGate } from './turn-gate.ts';

export interface DispatchDependencies extends DriveDependencies {
  /** Names this process among those that drive jobs. */
  readonly instance: string;
}

/**
 * When that much is in flight of all jobs together, in full slices, the next one waits: enough to keep the consumers busy, also while a job's first slices are
 * small, and few enough for a small job to come next.
 */
const slicesInFlight = 2.5;
const leaseMs = 10_000;
/** Often enough for a lease to be renewed in time though one attempt fails or comes late. */
const beatMs = 3000;

interface Driven {
  readonly drive: JobDrive;
  readonly done: Promise<void>;
}

/**
 * Drives the jobs that no other instance drives; jobs take turns, slice by slice. It holds a lease of each, and looks out for unfinished jobs whose lease
 * nobody holds any more: so the jobs of an instance that was killed go on in another, and a clean stop hands them over at once.
 */
export class JobDispatcher implements AsyncDisposable {
  readonly #dependencies: DispatchDependencies;
  readonly #gate = new TurnGate(slicesInFlight);
  readonly #driven = new Map<string, Driven>();
  readonly #stop = new AbortController();
  #beating: AsyncDisposable | undefined;

  constructor(dependencies: DispatchDependencies) {
    this.#dependencies = dependencies;
  }

  /** Takes up all unfinished jobs that nobody drives, and from then on those that lose their driver. */
  async start(): Promise<void> {
    await this.#lookOut();
    const { logger } = this.#dependencies;
    this.#beating = repeat(
      beatMs,
      () => this.#beat(),
      (error) => logger.error({ err: error }, 'Leases were not renewed; it is tried again'),
    );
  }

  /** Drives a job, unless it is driven here or elsewhere. */
  take(job: Job): void {
    if (job.status !== 'PENDING' || this.#driven.has(job.id) || this.#stop.signal.aborted) return;
    const drive = new JobDrive(this.#dependencies, this.#gate, job);
    this.#driven.set(job.id, { drive, done: this.#run(drive).finally(() => this.#driven.delete(job.id)) });
  }

  /** Stops dispatching a job; its slices in flight still end. A job that is driven elsewhere is found cancelled in the job store there. */
  cancel(jobId: string): void {
    this.#driven.get(jobId)?.drive.cancel();
  }

  /** A slice has all its outcomes. */
  sliceFinished(jobId: string, slice: number): void {
    this.#driven.get(jobId)?.drive.sliceFinished(slice);
  }

  async #run(drive: JobDrive): Promise<void> {
    try {
      if (await this.#lease(drive, leaseMs)) await drive.run();
    } catch (error) {
      this.#dependencies.logger.error({ jobId: drive.jobId, err: error }, 'A job was not leased; it is tried again');
    }
  }

  async #lease({ tenant, jobId }: JobDrive, ms: number): Promise<boolean> {
    const { jobs, instance, now } = this.#dependencies;
    const time = now();
    return jobs.lease(tenant, jobId, { holder: instance, until: time + ms }, time);
  }

  async #beat(): Promise<void> {
    await Promise.all(this.#driven.values().map(({ drive }) => this.#keep(drive)));
    await this.#lookOut();
  }

  async #keep(drive: JobDrive): Promise<void> {
    const { jobs, logger } = this.#dependencies;
    const { tenant, jobId } = drive;
    if (!(await this.#lease(drive, leaseMs))) {
      logger.warn({ jobId }, 'Another instance drives the job now');
      drive.stop();
      return;
    }
    if ((await jobs.get(tenant, jobId))?.cancelRequested) drive.cancel();
    await drive.lookUp();
  }

  async #lookOut(): Promise<void> {
    for (const job of await this.#dependencies.jobs.unfinished()) this.take(job);
  }

  /** Stops between two slices, and gives the leases back. */
  async [Symbol.asyncDispose](): Promise<void> {
    const driven = [...this.#driven.values()];
    this.#stop.abort();
    this.#gate.close();
    for (const { drive } of driven) drive.stop();
    await Promise.all([this.#beating?.[Symbol.asyncDispose](), ...driven.map(({ done }) => done)]);
    // One that cannot be given back runs out.
    await Promise.allSettled(driven.map(({ drive }) => this.#lease(drive, 0)));
  }
}
