import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { BadRequest, StatusMessage } from '@advocate/contracts';
import { plainText } from './format.ts';

/** What a server answered instead of serving: its message, then one line for each bad field. */
export function serviceErrorText(error: ServiceError): string {
  const message = plainText(error.details);
  const lines = violations(error)
    .filter(({ description }) => description !== error.details)
    .map(({ field, description }) => `  ${plainText(field)}: ${plainText(description)}`);
  return [message === '' ? `The server answered ${status[error.code]}.` : message, ...lines].join('\n');
}

/** The field violations in a `google.rpc.Status`; none if the details cannot be read. */
function violations(error: ServiceError): BadRequest['fieldViolations'] {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  if (!Buffer.isBuffer(bytes)) return [];
  try {
    return StatusMessage.decode(bytes)
      .details.filter((detail) => detail.typeUrl.endsWith('/google.rpc.BadRequest'))
      .flatMap((detail) => BadRequest.decode(detail.value).fieldViolations);
  } catch {
    return [];
  }
}
