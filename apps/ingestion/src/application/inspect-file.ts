import type { FileFormat, ImportType, Source } from '@advocate/domain';
import type { FileStore } from '@advocate/ports';
import { fileError } from './file-problem.ts';
import { openUpload, removeCopy } from './open-upload.ts';
import { readTableTop } from './read-table-top.ts';

/** What creating a job has to know of its file. */
export interface FileInspection {
  readonly format: FileFormat;
  /** From its first row. */
  readonly source: Source;
  readonly columns: readonly string[];
  readonly warnings: readonly string[];
  /** Programs that the file's columns name. */
  readonly programs: readonly string[];
}

/**
 * Reads the beginning of an uploaded file: its encoding, format, header and first record. A file in UTF-16 gets a copy in UTF-8 beside it.
 * Throws INVALID_ARGUMENT with all that is wrong with the header; then no copy is left.
 */
export async function inspectFile(
  files: FileStore,
  fileRef: string,
  asked: FileFormat | undefined,
  type: ImportType,
  linkDomains: readonly string[],
): Promise<FileInspection> {
  const upload = await openUpload(files, fileRef, asked);
  const { format, source } = upload;
  try {
    const { columns, problems, warnings, programs, start = source.start } = await readTableTop(files, upload, type, linkDomains);
    const [problem] = problems;
    if (problem !== undefined) {
      throw fileError(
        problem.type,
        problems.map(({ message }) => message),
      );
    }
    return { format, source: { ...source, start }, columns, warnings, programs };
  } catch (error) {
    await removeCopy(files, { source, fileRef });
    throw error;
  }
}
