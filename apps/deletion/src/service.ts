import { createApplyChunk, deletionLogic, startRowConsumer } from '@advocate/apply';
import type { EventLog, ParticipantStore } from '@advocate/ports';
import type { Logger } from '@advocate/service';

export interface DeletionDependencies {
  readonly participants: ParticipantStore;
  readonly log: EventLog;
  readonly logger: Logger;
  /** Chunks to apply at a time; default 1. */
  readonly consumers?: number;
}

/** Starts deletion: erases the participants that row chunks name. Disposing waits for the chunks in hand. */
export function startDeletion({ participants, ...dependencies }: DeletionDependencies): Promise<AsyncDisposable> {
  return startRowConsumer('rows.deletions', 'deletion', { ...dependencies, apply: createApplyChunk(participants, deletionLogic) });
}
