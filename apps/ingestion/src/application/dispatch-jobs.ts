import type { EventLog, FileStore, JobStore, ParticipantStore } from '@advocate/ports';
import { FileNotFoundError } from '@advocate/ports';
import { JobDrained } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import type { JobEvents } from '@advocate/messages';
import { encodeRowChunk } from '@advocate/messages';
import type { Logger } from '@advocate/service';
import { setTimeout as pause } from 'node:timers/promises';
import { claimCodes } from './claim-codes.ts';
import type { CutSlice } from './cut-slices.ts';
import { cutSlices } from './cut-slices.ts';

import { TurnGate } from './turn-gate.ts';

export interface DispatchDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly participants: ParticipantStore;
  readonly log: EventLog;
  readonly events: JobEvents;
  readonly logger: Logger;
  readonly now: () => number;
}

/** Slices that all jobs together may have in flight: enough to keep the consumers busy, few enough for a small job to come next. */
const slicesInFlight = 3;
const retryMs = 2000;
const askAgainMs = 10_000;
/** More rows than this are taken, with advice. */
const advisedRecords = 500_000;

/**
 * Brings every accepted job through: claims its codes, cuts and dispatches its slices, and when all are finished has its files
 * written. Jobs take turns, slice by slice. What it knows of a job it can read from the job store again, so a job goes on after a crash.
 */
export class JobDispatcher implements AsyncDisposable {
  readonly #dependencies: DispatchDependencies;
  readonly #gate = new TurnGate(slicesInFlight);
  readonly #running = new Map<string, RunningJob>();
  readonly #stop = new AbortController();

  constructor(dependencies: DispatchDependencies) {
    this.#dependencies = dependencies;
  }

  /** Takes up all jobs that are not finished. */
  async resume(): Promise<void> {
    for (const job of await this.#dependencies.jobs.unfinished()) this.start(job);
  }

  /** Starts a job, unless it is running. */
  start(job: Job): void {
    if (job.status !== 'PENDING' || this.#running.has(job.id) || this.#stop.signal.aborted) return;
    const running: RunningJob = { inFlight: new Map(), cancelled: new AbortController(), done: Promise.resolve() };
    this.#running.set(job.id, running);
    running.done = this.#run(job, running).finally(() => this.#running.delete(job.id));
  }

  /** Stops dispatching a job; its slices in flight still end. */
  cancel(jobId: string): void {
    this.#running.get(jobId)?.cancelled.abort();
  }

  /** A slice has all its outcomes. */
  sliceFinished(jobId: string, slice: number): void {
    this.#running.get(jobId)?.inFlight.get(slice)?.();
  }

  async #run(job: Job, running: RunningJob): Promise<void> {
    const { logger } = this.#dependencies;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#drive(job, running);
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        logger.error({ jobId: job.id, err: error }, 'Dispatching a job was interrupted; it is taken up again');
        await pause(retryMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
  }

  async #drive(accepted: Job, running: RunningJob): Promise<void> {
    const { jobs, log, participants, now, events } = this.#dependencies;
    const { tenant, id } = accepted;
    let job: Job | undefined = await jobs.get(tenant, id);
    if (job?.status !== 'PENDING') return;
    if (job.cancelRequested) running.cancelled.abort();
    if (job.dateStarted === undefined) {
      job = (await jobs.advance(tenant, id, { dateStarted: now() })) ?? job;
      await events.publish(job, 'STARTED');
    }
    if (job.abortReason === undefined) {
      try {
        await this.#dispatch(job, running);
      } catch (error) {
        if (!(error instanceof FileNotFoundError)) throw error;
        await jobs.advance(tenant, id, {
          abortReason: `${error.message}: the uploaded file is gone. Upload it again and start a new job.`,
        });
      }
    }
    await Promise.all(running.inFlight.values().map((finish) => finish.finished));
    if (this.#stop.signal.aborted) return;
    await participants.releaseClaims(tenant, id);
    const drained = { key: id, partition: 0, value: JobDrained.encode({ tenant, jobId: id }).finish() };
    // Notification may fail to end the job, or crash at it, so it is asked until it has.
    while (!this.#stop.signal.aborted && (await jobs.get(tenant, id))?.status === 'PENDING') {
      await log.publish('jobs.drained', [drained]);
      await pause(askAgainMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #dispatch(job: Job, running: RunningJob): Promise<void> {
    const { jobs, files, participants, logger } = this.#dependencies;
    const { tenant, id } = job;
    const stopped = AbortSignal.any([this.#stop.signal, running.cancelled.signal]);
    if (!job.claimed) {
      try {
        await claimCodes(files, participants, job, stopped);
      } catch (error) {
        if (running.cancelled.signal.aborted) return;
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
        const release = await this.#gate.enter(id);
        if (this.#stop.signal.aborted || (running.cancelled.signal.aborted && !wasSentBefore)) {
          release();
          return;
        }
        await this.#dispatchSlice(job, running, { slice, chunks }, previous, release);
      }
      for (const partition of slice.partitions) previous.set(partition, slice.index);
    }
    // Taken up again after it was cut, the job has the advice already.
    if (job.cut !== undefined) return;
    const advice =
      records > advisedRecords
        ? [`The file has ${records.toLocaleString('en-US')} rows; files of at most ${advisedRecords.toLocaleString('en-US')} are advised.`]
        : [];
    await jobs.advance(tenant, id, { cut: { slices, records }, warnings: [...job.warnings, ...advice] });
    logger.info({ jobId: id, slices, records }, 'File cut');
  }

  async #dispatchSlice(
    job: Job,
    running: RunningJob,
    { slice, chunks }: CutSlice,
    previous: ReadonlyMap<number, number>,
    release: () => void,
  ): Promise<void> {
    const { jobs, log } = this.#dependencies;
    const { promise: finished, resolve } = Promise.withResolvers<void>();
    const finish = Object.assign(
      () => {
        running.inFlight.delete(slice.index);
        release();
        resolve();
      },
      { finished },
    );
    running.inFlight.set(slice.index, finish);
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

  /** Stops between two slices; what is in flight is dispatched again by the next start, harmlessly. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#gate.close();
    for (const running of this.#running.values()) for (const finish of running.inFlight.values()) finish();
    await Promise.all(this.#running.values().map((running) => running.done));
  }
}

interface RunningJob {
  /** What ends the wait for a slice, by slice. */
  readonly inFlight: Map<number, (() => void) & { readonly finished: Promise<void> }>;
  readonly cancelled: AbortController;
  done: Promise<void>;
}
