import type { CreateImportJobRequest } from '@advocate/contracts';
import { formatFromMessage, paramsFromMessage, typeFromMessage } from '@advocate/messages';
import { readTenant, RequestError } from '@advocate/service';
import type { JobRequest } from '../application/create-job.ts';

const fileRefPattern = /^imports\/[^/]+\/[A-Za-z0-9_-]+(\.[a-z0-9]+)?$/;

/** The request in the domain's words. Throws INVALID_ARGUMENT when something required is missing. */
export function readJobRequest({ parent, importJob, requestId }: CreateImportJobRequest): JobRequest {
  const tenant = readTenant('parent', parent);
  if (importJob === undefined) throw missing('import_job', 'The job is missing.');
  if (importJob.type === 'TYPE_UNSPECIFIED') throw missing('import_job.type', 'The type is missing: USERS or USER_DELETIONS.');
  if (!importJob.fileRef.startsWith(`imports/${tenant}/`) || !fileRefPattern.test(importJob.fileRef)) {
    throw missing('import_job.file_ref', `file_ref is '${importJob.fileRef}', but must be what UploadFile answered for tenant ${tenant}.`);
  }
  return {
    tenant,
    type: typeFromMessage(importJob.type),
    fileRef: importJob.fileRef,
    format: formatFromMessage(importJob.format),
    displayName: importJob.displayName,
    requester: importJob.requester,
    mailtoEmail: importJob.mailtoEmail,
    params: paramsFromMessage(importJob.params),
    requestId: requestId === '' ? undefined : requestId,
  };
}

function missing(field: string, description: string): RequestError {
  return new RequestError('INVALID_ARGUMENT', 'INVALID_JOB_PARAM', description, [{ field, description, reason: 'INVALID_JOB_PARAM' }]);
}
