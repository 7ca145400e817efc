import { createApplyChunk, deletionLogic, startRowConsumer } from '@advocate/apply';
import type { EventLog, ParticipantStore } from '@advocate/ports';
import type { Logger } from '@advocate/service';

export interface DeletionDependencies {
  readonly participants: ParticipantStore;
  readonly log: EventLog;
  readonly logger: Logger;
}

/** Starts deletion: erases the participants that row chunks name. Disposing waits for the chunk in hand. */
export function startDeletion({ participants, log, logger }: DeletionDependencies): Promise<AsyncDisposable> {
  return startRowConsumer(log, 'rows.deletions', 'deletion', createApplyChunk(participants, deletionLogic), logger);
}
