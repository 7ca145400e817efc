import { openRows } from '@advocate/apply';
import type { ColumnMeaning, FileFormat, ImportPlan, ImportType, RowParser, UserKey } from '@advocate/domain';
import { deletionParser, userParser } from '@advocate/domain';
import { sizeAdvice } from '@advocate/messages';
import type { FileStore } from '@advocate/ports';
import { countRecords } from '@advocate/record-scanner';
import { RequestError } from '@advocate/service';
import type { CutFile } from './cut-slices.ts';
import { cutSlices } from './cut-slices.ts';
import type { OpenUpload } from './open-upload.ts';
import { openUpload, removeCopy, requireUpload } from './open-upload.ts';
import { PreviewTable, type PreviewTableRow } from './preview-table.ts';
import { readTableTop } from './read-table-top.ts';

export interface PreviewRequest {
  readonly tenant: string;
  readonly type: ImportType;
  readonly fileRef: string;
  readonly format: FileFormat | undefined;
}

/** A file as a job would read it. */
export interface Preview {
  /** Absent when the file cannot be a table. */
  readonly format: FileFormat | undefined;
  readonly columns: readonly ColumnMeaning[];
  /** Why a job would be refused. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** The first rows, each with a text for each column. */
  readonly rows: readonly PreviewTableRow[];
  /** Data rows of the file; 0 when it has problems. */
  readonly records: number;
}

/**
 * Reads the beginning of an uploaded file and counts its rows. What is wrong with the file is part of the answer. Nothing is left of it. Throws INVALID_ARGUMENT
 * when there is no such file.
 */
export async function previewFile(files: FileStore, request: PreviewRequest, linkDomains: readonly string[]): Promise<Preview> {
  const { fileRef } = request;
  await requireUpload(files, fileRef);
  try {
    const upload = await openUpload(files, fileRef, request.format);
    try {
      return await previewUpload(files, upload, request, linkDomains);
    } finally {
      await removeCopy(files, { source: upload.source, fileRef });
    }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const problems = error.violations.map(({ description }) => description);
    return { format: undefined, columns: [], problems, warnings: [], rows: [], records: 0 };
  }
}

async function previewUpload(
  files: FileStore,
  upload: OpenUpload,
  { tenant, type }: PreviewRequest,
  linkDomains: readonly string[],
): Promise<Preview> {
  const { format, source } = upload;
  const top = await readTableTop(files, upload, type, linkDomains);
  const problems = top.problems.map(({ message }) => message);
  const plan = planOf(tenant, type, format, top.columns, linkDomains);
  const parser: RowParser<UserKey> = type === 'users' ? userParser(plan) : deletionParser(plan);
  const table = new PreviewTable(format, parser);
  if (top.start !== undefined) await readRows(files, { plan, source: { ...source, start: top.start }, partitions: 1 }, parser, table);
  if (problems.length > 0)
    return { format, columns: table.columns, problems, warnings: top.warnings, rows: table.rows({ errors: false }), records: 0 };
  const { records } = await countRecords(files.read(source.name), format);
  const warnings = [...top.warnings, ...table.warnings, ...sizeAdvice(records)];
  return { format, columns: table.columns, problems, warnings, rows: table.rows({ errors: true }), records };
}

/** Rows that are shown. */
const maxRows = 10;

async function readRows(files: FileStore, file: CutFile, parser: RowParser<UserKey>, table: PreviewTable): Promise<void> {
  for await (const { chunks } of cutSlices(files, file, { index: 0, start: file.source.start })) {
    for (const chunk of chunks) {
      const rows = openRows(chunk, parser);
      let start = 0;
      for (const [index, length] of chunk.lengths.slice(0, maxRows).entries()) {
        const record = Buffer.from(chunk.rows.subarray(start, start + length));
        table.add(chunk.recordNumbers[index] ?? 0, record, rows.at(index).error);
        start += length;
      }
    }
    return;
  }
}

/** A plan as far as it decides how rows are read. */
function planOf(
  tenant: string,
  type: ImportType,
  format: FileFormat,
  columns: readonly string[],
  linkDomains: readonly string[],
): ImportPlan {
  return {
    ...{ tenant, type, format, columns, linkDomains, jobId: '', acceptedAt: 0, programs: [], segments: [] },
    params: { segments: [], preserveEmptyAccounts: false, doNotTrack: false },
    allowReferralCodeEdit: false,
  };
}
