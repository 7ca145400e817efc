import { SliceFinished } from '@advocate/contracts';
import type { TenantSettings } from '@advocate/domain';
import { decodeMessage, JobEvents, openFileLinks } from '@advocate/messages';
import type { EventLog, FileStore, JobStore, ParticipantStore, WebhookStore } from '@advocate/ports';
import type { FilePolicy, GrpcService, Logger } from '@advocate/service';
import { repeat } from '@advocate/service';
import { JobDispatcher } from './application/dispatch-jobs.ts';
import { ResumableUploads } from './application/resumable-uploads.ts';
import { deadLetterService } from './grpc/dead-letter-service.ts';
import { importJobService } from './grpc/import-job-service.ts';
import { uploadService } from './grpc/upload-service.ts';
import { webhookService } from './grpc/webhook-service.ts';

export interface IngestionDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly participants: ParticipantStore;
  readonly webhooks: WebhookStore;
  readonly log: EventLog;
  /** Names this process among those that run ingestion over the same engine; the same name after a restart takes its own jobs up at once. */
  readonly instance: string;
  readonly settings: TenantSettings;
  readonly maxFileBytes: number;
  readonly filePolicy: FilePolicy;
  /** Whether webhooks may have addresses inside private networks; default false. */
  readonly allowPrivateWebhooks?: boolean;
  readonly now: () => number;
  readonly logger: Logger;
  /** After how long a slice without all its outcomes is dispatched again; default 5 minutes. */
  readonly resendMs?: number;
}

const abandonedEveryMs = 3600 * 1000;
const dayMs = 24 * 3600 * 1000;

/**
 * Starts ingestion: takes up unfinished jobs that no other instance drives, and answers the gRPC services to serve. Disposing stops between two slices, and
 * hands the jobs over to the other instances.
 */
export async function startIngestion(
  dependencies: IngestionDependencies,
): Promise<AsyncDisposable & { readonly grpc: readonly GrpcService[] }> {
  await using resources = new AsyncDisposableStack();
  const { jobs, files, log, instance, filePolicy, now, logger } = dependencies;
  const events = new JobEvents(dependencies);
  const dispatcher = resources.use(new JobDispatcher({ ...dependencies, events }));
  resources.use(
    // Every instance hears of every slice, since any may drive the job.
    await log.consume('slices.finished', `ingestion.${instance}`, async ({ value }) => {
      const { jobId, slice } = decodeMessage('finished slice', () => SliceFinished.decode(value));
      dispatcher.sliceFinished(jobId, slice);
    }),
  );
  const uploads = new ResumableUploads(files, dependencies.maxFileBytes);
  resources.use(
    repeat(
      abandonedEveryMs,
      () => uploads.removeAbandoned(now() - dayMs),
      (error) => logger.error({ err: error }, 'Abandoned uploads were not removed; it is tried again'),
    ),
  );
  const serving = { events, dispatcher, partitions: log.partitions('rows.users'), fileRetentionMs: filePolicy.fileRetentionMs };
  const jobService = importJobService({ ...dependencies, ...serving, links: await openFileLinks(jobs, filePolicy) });
  await dispatcher.start();
  const owned = resources.move();
  return {
    grpc: [jobService, uploadService({ uploads, logger }), webhookService(dependencies), deadLetterService(dependencies)],
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
