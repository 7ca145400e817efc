import { ParticipantEvent } from '@advocate/contracts';
import { describe, expect, test } from 'vitest';
import { ParticipantEventEncoder } from './participant-event-encoder.ts';

const types = { created: 'CREATED', updated: 'UPDATED', deleted: 'DELETED' } as const;
const texts = ['', 'a', 'acme/ü', '🎉'.repeat(15), 'x'.repeat(42), 'x'.repeat(43), 'x'.repeat(127), 'x'.repeat(128), 'ü'.repeat(70_000)];

describe('participant events', () => {
  test.each(['created', 'updated', 'deleted'] as const)('%s are encoded as the generated code does', (kind) => {
    for (const tenant of ['acme', 'x'.repeat(200)]) {
      for (const date of [0, 1_893_456_000_123]) {
        const encoder = new ParticipantEventEncoder(tenant, 'job-1', date);
        const rows = texts.flatMap((accountId, index) =>
          texts.map((id) => ({ kind, accountId, id, recordNumber: [0, 2, 127, 128, 500_000][index % 5]! })),
        );
        const encoded = rows.map((row) => encoder.encode(row));
        for (const [index, { accountId, id, recordNumber }] of rows.entries()) {
          const event = {
            id: `job-1/${recordNumber}`,
            type: types[kind],
            tenant,
            accountId,
            participantId: id,
            jobId: 'job-1',
            recordNumber,
            date,
          };
          expect(ParticipantEvent.encode(event).finish()).toEqual(new Uint8Array(encoded[index]!));
        }
      }
    }
  });
});
