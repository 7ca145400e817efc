import type { PreviewColumn_Kind, PreviewImportRequest, PreviewImportResponse } from '@advocate/contracts';
import type { ColumnMeaning } from '@advocate/domain';
import { isCustomField } from '@advocate/domain';
import { formatFromMessage, formatToMessage, typeFromMessage } from '@advocate/messages';
import type { FileStore } from '@advocate/ports';
import { readTenant } from '@advocate/service';
import { previewFile } from '../application/preview-file.ts';
import { readFileRef, requireType } from './read-job-request.ts';

/** Serves PreviewImport. Throws INVALID_ARGUMENT when the request makes no sense, or there is no such file. */
export async function previewImport(
  files: FileStore,
  { parent, type, fileRef, format }: PreviewImportRequest,
  linkDomains: readonly string[],
): Promise<PreviewImportResponse> {
  const tenant = readTenant('parent', parent);
  requireType('type', type);
  const request = {
    tenant,
    type: typeFromMessage(type),
    fileRef: readFileRef('file_ref', tenant, fileRef),
    format: formatFromMessage(format),
  };
  const preview = await previewFile(files, request, linkDomains);
  return {
    format: preview.format === undefined ? 'FORMAT_UNSPECIFIED' : formatToMessage(preview.format),
    columns: preview.columns.map((column) => ({ name: column.name, kind: kindOf(column), suggestion: column.suggestion ?? '' })),
    problems: [...preview.problems],
    warnings: [...preview.warnings],
    rows: preview.rows.map(({ recordNumber, cells, error }) => ({ recordNumber, cells: [...cells], error: error?.message ?? '' })),
    recordsTotal: preview.records,
  };
}

function kindOf({ field }: ColumnMeaning): PreviewColumn_Kind {
  if (field === undefined) return 'IGNORED';
  return isCustomField(field) ? 'CUSTOM_FIELD' : 'STANDARD';
}
