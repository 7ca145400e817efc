import type { CreateImportJobRequest, ImportJob_Type } from '@advocate/contracts';
import { formatFromMessage, paramsFromMessage, typeFromMessage } from '@advocate/messages';
import { readTenant, RequestError } from '@advocate/service';
import type { JobRequest } from '../application/create-job.ts';

const fileRefPattern = /^imports\/[^/]+\/[A-Za-z0-9_-]+(\.[a-z0-9]+)?$/;

/** The request in the domain's words. Throws INVALID_ARGUMENT when something required is missing. */
export function readJobRequest({ parent, importJob, requestId }: CreateImportJobRequest): JobRequest {
  const tenant = readTenant('parent', parent);
  if (importJob === undefined) throw missing('import_job', 'The job is missing.');
  requireType('import_job.type', importJob.type);
  return {
    tenant,
    type: typeFromMessage(importJob.type),
    fileRef: readFileRef('import_job.file_ref', tenant, importJob.fileRef),
    format: formatFromMessage(importJob.format),
    displayName: importJob.displayName,
    requester: importJob.requester,
    mailtoEmail: importJob.mailtoEmail,
    params: paramsFromMessage(importJob.params),
    requestId: requestId === '' ? undefined : requestId,
  };
}

/** Throws INVALID_ARGUMENT when a request does not say the type of its job. */
export function requireType(field: string, type: ImportJob_Type): void {
  if (type === 'TYPE_UNSPECIFIED') throw missing(field, 'The type is missing: USERS or USER_DELETIONS.');
}

/** The name of an uploaded file. Throws INVALID_ARGUMENT when it cannot be one of the tenant's. */
export function readFileRef(field: string, tenant: string, fileRef: string): string {
  if (fileRef.startsWith(`imports/${tenant}/`) && fileRefPattern.test(fileRef)) return fileRef;
  throw missing(field, `file_ref is '${fileRef}', but must be what UploadFile answered for tenant ${tenant}.`);
}

function missing(field: string, description: string): RequestError {
  return new RequestError('INVALID_ARGUMENT', 'INVALID_JOB_PARAM', description, [{ field, description, reason: 'INVALID_JOB_PARAM' }]);
}
