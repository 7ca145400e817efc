import type { ImportJob } from '@advocate/contracts';
import { Pace } from './pace.ts';

/** The pace of each job that moves. */
export class Paces {
  #paces = new Map<string, Pace>();

  /** Takes how far jobs are; those that are not among them, or move no more, are forgotten. */
  note(jobs: readonly ImportJob[], now: number): void {
    const before = this.#paces;
    this.#paces = new Map();
    for (const { id, status, stats } of jobs) {
      if (status !== 'PENDING' || stats === undefined) continue;
      const pace = before.get(id) ?? new Pace();
      pace.add(now, stats.recordsProcessed, stats.bytesProcessed);
      this.#paces.set(id, pace);
    }
  }

  of(id: string): Pace | undefined {
    return this.#paces.get(id);
  }
}
