import { createApplyChunk, startRowConsumer, upsertLogic } from '@advocate/apply';
import type { EventLog, ParticipantStore } from '@advocate/ports';
import type { Logger } from '@advocate/service';

export interface ParticipantDependencies {
  readonly participants: ParticipantStore;
  readonly log: EventLog;
  readonly logger: Logger;
  /** Chunks to apply at a time; default 1. */
  readonly consumers?: number;
}

/** Starts participant: upserts what row chunks say. Disposing waits for the chunks in hand. */
export function startParticipant({ participants, ...dependencies }: ParticipantDependencies): Promise<AsyncDisposable> {
  return startRowConsumer('rows.users', 'participant', { ...dependencies, apply: createApplyChunk(participants, upsertLogic) });
}
