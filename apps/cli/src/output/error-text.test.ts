import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { BadRequest, StatusMessage } from '@advocate/contracts';
import { expect, test } from 'vitest';
import { serviceErrorText } from './error-text.ts';

function serviceError(details: string, statusDetails?: Uint8Array): ServiceError {
  const metadata = new Metadata();
  if (statusDetails !== undefined) metadata.set('grpc-status-details-bin', Buffer.from(statusDetails));
  return Object.assign(new Error(details), { code: status.INVALID_ARGUMENT, details, metadata });
}

const withViolations = (...fieldViolations: BadRequest['fieldViolations']): Uint8Array => {
  const value = Buffer.from(BadRequest.encode({ fieldViolations }).finish());
  return StatusMessage.encode({
    code: 3,
    message: 'Refused.',
    details: [{ typeUrl: 'type.googleapis.com/google.rpc.BadRequest', value }],
  }).finish();
};

test('shows the message, then each bad field on a line', () => {
  const details = withViolations(
    { field: 'import_job.params.segments[0]', description: 'There is no segment x.', reason: 'X' },
    { field: 'parent', description: 'Refused.', reason: 'X' },
  );
  expect(serviceErrorText(serviceError('Refused.', details))).toBe('Refused.\n  import_job.params.segments[0]: There is no segment x.');
});

test('shows the message alone when there are no details, or none that can be read', () => {
  expect(serviceErrorText(serviceError('Refused.'))).toBe('Refused.');
  expect(serviceErrorText(serviceError('Refused.', Buffer.from([255, 255, 1])))).toBe('Refused.');
});

test('names the status when there is no message', () => {
  expect(serviceErrorText(serviceError(''))).toBe('The server answered INVALID_ARGUMENT.');
});
