import { SliceFinished } from '@advocate/contracts';
import type { TenantSettings } from '@advocate/domain';
import { JobEvents } from '@advocate/messages';
import type { EventLog, FileStore, JobStore, ParticipantStore } from '@advocate/ports';
import type { GrpcService, Logger } from '@advocate/service';
import { JobDispatcher } from './application/dispatch-jobs.ts';
import { importJobService } from './grpc/import-job-service.ts';

export interface IngestionDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly participants: ParticipantStore;
  readonly log: EventLog;
  readonly settings: TenantSettings;
  readonly maxFileBytes: number;
  readonly now: () => number;
  readonly logger: Logger;
}

/** Starts ingestion: takes up unfinished jobs, and answers the gRPC service to serve. Disposing stops between two slices. */
export async function startIngestion(dependencies: IngestionDependencies): Promise<AsyncDisposable & { readonly grpc: GrpcService }> {
  await using resources = new AsyncDisposableStack();
  const { log, now } = dependencies;
  const events = new JobEvents(log, now);
  const dispatcher = resources.use(new JobDispatcher({ ...dependencies, events }));
  resources.use(
    await log.consume('slices.finished', 'ingestion', async ({ value }) => {
      const { jobId, slice } = SliceFinished.decode(value);
      dispatcher.sliceFinished(jobId, slice);
    }),
  );
  const grpc = importJobService({ ...dependencies, events, dispatcher, partitions: log.partitions('rows.users') });
  await dispatcher.resume();
  const owned = resources.move();
  return { grpc, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
