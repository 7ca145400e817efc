import { createApplyChunk, startRowConsumer, upsertLogic } from '@advocate/apply';
import type { EventLog, ParticipantStore } from '@advocate/ports';
import type { Logger } from '@advocate/service';

export interface ParticipantDependencies {
  readonly participants: ParticipantStore;
  readonly log: EventLog;
  readonly logger: Logger;
}

/** Starts participant: upserts what row chunks say. Disposing waits for the chunk in hand. */
export function startParticipant({ participants, log, logger }: ParticipantDependencies): Promise<AsyncDisposable> {
  return startRowConsumer(log, 'rows.users', 'participant', createApplyChunk(participants, upsertLogic), logger);
}
