import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from '@advocate/domain';
import type { JobEvents } from '@advocate/messages';
import { encodeRowChunk } from '@advocate/messages';
import type { EventLog, FileStore, JobStore, ParticipantStore } from '@advocate/ports';
import { FileNotFoundError } from '@advocate/ports';
import type { Logger } from '@advocate/service';
import { repeat } from '@advocate/service';
import { claimCodes, mayGiveCodes } from './claim-codes.ts';
import type { CutSlice } from './cut-slices.ts';
import { cutSlices, fullness } from './cut-slices.ts';
import { drainJob } from './drain-job.ts';
import { SlicesInFlight } from './slices-in-flight.ts';
import type { TurnGate } from './turn-gate.ts';

export interface DriveDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly participants: ParticipantStore;
  readonly log: EventLog;
  readonly events: JobEvents;
  readonly logger: Logger;
  readonly now: () => number;
  /** After how long a slice without all its outcomes is dispatched again; default 5 minutes. */
  readonly resendMs?: number;
}

const defaultResendMs = 5 * 60_000;
const retryMs = 2000;
const reportEveryMs = 1000;
/** A slice in flight for so long is looked up in the job store. */
const overdueMs = 5000;

/**
 * Brings one job through: claims its codes, cuts and dispatches its slices, and when all are finished has its files written. What it knows of the
 * job it can read from the job store again, so another drive, here or in another process, goes on where this one was stopped or killed.
 */
export class JobDrive {
  readonly tenant: string;
  readonly jobId: string;
  readonly #dependencies: DriveDependencies;
  readonly #gate: TurnGate;
  readonly #inFlight = new SlicesInFlight();
  readonly #stop = new AbortController();
  readonly #cancel = new AbortController();
  /** Whether a slice was finished since progress was reported last. */
  #moved = false;
  /** Whether a slice was waited for in vain, so that all that lack outcomes are to be dispatched again. */
  #isLost = false;

  constructor(dependencies: DriveDependencies, gate: TurnGate, { tenant, id }: Job) {
    this.tenant = tenant;
    this.jobId = id;
    this.#dependencies = dependencies;
    this.#gate = gate;
  }

  /** Resolves when the job has ended, or between two slices when the drive was stopped. Takes the job up again after whatever interrupts it; never throws. */
  async run(): Promise<void> {
    const { logger } = this.#dependencies;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#drive();
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        logger.error({ jobId: this.jobId, err: error }, 'Driving a job was interrupted; it is taken up again');
      }
      this.#inFlight.letGo();
      // Ends early when the drive is stopped.
      await pause(retryMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** Stops between two slices; what is in flight is dispatched again by the next drive, harmlessly. */
  stop(): void {
    this.#stop.abort();
    this.#inFlight.letGo();
  }

  /** Stops dispatching, as somebody wished; slices in flight still end, and with them the job. */
  cancel(): void {
    this.#cancel.abort();
  }

  /** A slice has all its outcomes; being told again changes nothing. */
  sliceFinished(index: number): void {
    this.#moved = true;
    this.#inFlight.finish(index);
  }

  /**
   * Finds out of slices that are finished though no message said so for long: truth lies in the job store, not in the log. A slice that is not finished after
   * minutes may have lost a chunk: the drive begins anew, and dispatches again what lacks outcomes.
   */
  async lookUp(): Promise<void> {
    if (!this.#inFlight.anyOlderThan(overdueMs)) return;
    for (const { index, finished } of await this.#dependencies.jobs.slices(this.jobId)) if (finished) this.sliceFinished(index);
    if (!this.#inFlight.anyOlderThan(this.#dependencies.resendMs ?? defaultResendMs)) return;
    this.#isLost = true;
    this.#inFlight.letGo();
  }

  async #drive(): Promise<void> {
    const { jobs, log, participants } = this.#dependencies;
    this.#isLost = false;
    const job = await this.#begin();
    if (job === undefined) return;
    if (job.abortReason === undefined) await this.#apply(job);
    if (this.#stop.signal.aborted) return;
    await participants.releaseClaims(this.tenant, this.jobId);
    await drainJob(jobs, log, job, this.#stop.signal);
  }

  /** The job, once it is known to be started; nothing when it has ended. */
  async #begin(): Promise<Job | undefined> {
    const { jobs, events, now } = this.#dependencies;
    const job = await jobs.get(this.tenant, this.jobId);
    if (job?.status !== 'PENDING') return undefined;
    if (job.cancelRequested) this.cancel();
    if (job.dateStarted !== undefined) return job;
    const dateStarted = now();
    // Published before it is noted: whatever is killed, the events have gone out, perhaps twice.
    if (job.resumptions === undefined) await events.publish(job, 'CREATED');
    await events.publish({ ...job, dateStarted }, 'STARTED');
    return jobs.advance(this.tenant, this.jobId, { dateStarted, ...(mayGiveCodes(job.plan) ? {} : { claimed: true }) });
  }

  /** Dispatches what is left of the file, and waits for its outcomes. */
  async #apply(job: Job): Promise<void> {
    const { jobs, logger } = this.#dependencies;
    // Ends with this block, so that no progress is told after the job's end.
    await using _reporting = repeat(
      reportEveryMs,
      () => this.#reportProgress(),
      (error) => logger.warn({ jobId: this.jobId, err: error }, 'Progress not published'),
    );
    try {
      await this.#dispatch(job);
    } catch (error) {
      if (!(error instanceof FileNotFoundError)) throw error;
      const abortReason = `${error.message}: the uploaded file is gone. Restore it and resume the job, or upload it again and start a new job.`;
      await jobs.advance(this.tenant, this.jobId, { abortReason });
    }
    await this.#inFlight.whenFinished();
    if (this.#isLost) throw new Error('A slice was without its outcomes for minutes');
  }

  async #dispatch(job: Job): Promise<void> {
    const { jobs, files, participants, logger } = this.#dependencies;
    const { tenant, id } = job;
    if (!job.claimed) {
      try {
        await claimCodes(files, participants, job, AbortSignal.any([this.#stop.signal, this.#cancel.signal]));
      } catch (error) {
        if (this.#cancel.signal.aborted) return;
        throw error;
      }
      await jobs.advance(tenant, id, { claimed: true });
    }
    const known = await jobs.slices(id);
    const firstOpen = known.findIndex((slice) => !slice.finished);
    const resumeAt = known.at(firstOpen) ?? { index: 0, start: job.source.start };
    const finished = new Set(known.filter((slice) => slice.finished).map((slice) => slice.index));
    const previous = new Map<number, number>();
    let records = 0;
    let slices = 0;
    for (const slice of known.slice(0, resumeAt.index)) {
      for (const partition of slice.partitions) previous.set(partition, slice.index);
      records += slice.records;
      slices += 1;
    }
    for await (const { slice, chunks } of cutSlices(files, job, resumeAt)) {
      records += slice.records;
      slices += 1;
      if (!finished.has(slice.index)) {
        // A slice that went out before a crash may be applied in part, so its outcomes are owed even when the job is cancelled.
        const wasSentBefore = slice.index < known.length;
        const release = await this.#gate.enter(id, fullness(slice));
        if (this.#stop.signal.aborted || this.#isLost || (this.#cancel.signal.aborted && !wasSentBefore)) {
          release();
          return;
        }
        await this.#dispatchSlice(job, { slice, chunks }, previous, release);
      }
      for (const partition of slice.partitions) previous.set(partition, slice.index);
    }
    if (job.cut !== undefined) return;
    await jobs.advance(tenant, id, { cut: { slices, records } });
    logger.info({ jobId: id, slices, records }, 'File cut');
  }

  async #dispatchSlice(job: Job, { slice, chunks }: CutSlice, previous: ReadonlyMap<number, number>, release: () => void): Promise<void> {
    const { jobs, log } = this.#dependencies;
    this.#inFlight.add(slice.index, release);
    await jobs.putSlice(job.id, slice);
    const topic = job.plan.type === 'users' ? 'rows.users' : 'rows.deletions';
    // The log may have fewer partitions than when the job was accepted.
    const partitions = log.partitions(topic);
    const messages = [];
    for (const chunk of chunks) {
      const previousSlice = previous.get(chunk.partition);
      const value = encodeRowChunk({ ...chunk, ...(previousSlice === undefined ? {} : { previousSlice }) });
      messages.push({ key: job.id, partition: chunk.partition % partitions, value });
    }
    await log.publish(topic, messages);
  }

  /** Publishes how far the job is, if it has moved. */
  async #reportProgress(): Promise<void> {
    if (!this.#moved) return;
    this.#moved = false;
    const { jobs, events } = this.#dependencies;
    const job = await jobs.get(this.tenant, this.jobId);
    if (job?.status === 'PENDING') await events.publish(job, 'PROGRESS');
  }
}
