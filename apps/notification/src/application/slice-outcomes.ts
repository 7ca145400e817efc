import type { JobStore } from '@advocate/ports';
import { giveBack } from '@advocate/ports';

/** The encoded outcomes of a slice's chunks, by partition; valid until disposed. */
export interface SliceOutcomes extends Disposable {
  readonly chunks: readonly Uint8Array[];
}

/** Reads the outcomes of a slice. Disposing frees them at once: they are a megabyte a slice, and a job may have many slices. */
export async function readSliceOutcomes(jobs: JobStore, jobId: string, slice: number): Promise<SliceOutcomes> {
  const chunks = await jobs.outcomes(jobId, slice);
  return { chunks, [Symbol.dispose]: () => chunks.forEach(giveBack) };
}
