import type { EventLog } from './event-log.ts';
import type { FileStore } from './file-store.ts';
import type { JobStore } from './job-store.ts';
import type { Mailer } from './mailer.ts';
import type { ParticipantStore } from './participant-store.ts';
import type { WebhookStore } from './webhook-store.ts';

/** The adapters under the services: embedded or distributed. */
export interface Engine extends AsyncDisposable {
  readonly log: EventLog;
  readonly participants: ParticipantStore;
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly mailer: Mailer;
  readonly webhooks: WebhookStore;
  /** Aborted when what the engine lives on has gone for good, so that the process has to be started anew. */
  readonly lost?: AbortSignal;
}
