import { SliceFinished } from '@advocate/contracts';
import type { TenantSettings } from '@advocate/domain';
import { decodeMessage, JobEvents } from '@advocate/messages';
import type { EventLog, FileStore, JobStore, ParticipantStore } from '@advocate/ports';
import type { GrpcService, Logger } from '@advocate/service';
import { JobDispatcher } from './application/dispatch-jobs.ts';
import { deadLetterService } from './grpc/dead-letter-service.ts';
import { importJobService } from './grpc/import-job-service.ts';

export interface IngestionDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly participants: ParticipantStore;
  readonly log: EventLog;
  /** Names this process among those that run ingestion over the same engine; the same name after a restart takes its own jobs up at once. */
  readonly instance: string;
  readonly settings: TenantSettings;
  readonly maxFileBytes: number;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Starts ingestion: takes up unfinished jobs that no other instance drives, and answers the gRPC services to serve. Disposing stops between two slices, and
 * hands the jobs over to the other instances.
 */
export async function startIngestion(
  dependencies: IngestionDependencies,
): Promise<AsyncDisposable & { readonly grpc: readonly GrpcService[] }> {
  await using resources = new AsyncDisposableStack();
  const { jobs, log, instance, now } = dependencies;
  const events = new JobEvents(jobs, log, now);
  const dispatcher = resources.use(new JobDispatcher({ ...dependencies, events }));
  resources.use(
    // Every instance hears of every slice, since any may drive the job.
    await log.consume('slices.finished', `ingestion.${instance}`, async ({ value }) => {
      const { jobId, slice } = decodeMessage('finished slice', () => SliceFinished.decode(value));
      dispatcher.sliceFinished(jobId, slice);
    }),
  );
  const jobService = importJobService({ ...dependencies, events, dispatcher, partitions: log.partitions('rows.users') });
  await dispatcher.start();
  const owned = resources.move();
  return { grpc: [jobService, deadLetterService(dependencies)], [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
