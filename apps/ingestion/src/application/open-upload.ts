import { randomBytes } from 'node:crypto';
import type { FileFormat, Source } from '@advocate/domain';
import type { FileStore } from '@advocate/ports';
import { detectEncoding, utf16ToUtf8 } from '@advocate/record-scanner';
import { fileError } from './file-problem.ts';

/** An uploaded file in UTF-8. */
export interface OpenUpload {
  readonly format: FileFormat;
  /** From the file's first byte. A file in UTF-16 has a copy in UTF-8, which has another name. */
  readonly source: Source;
}

/** The bytes of an uploaded file. Throws INVALID_ARGUMENT when there is no such file. */
export async function requireUpload(files: FileStore, fileRef: string): Promise<number> {
  const stat = await files.stat(fileRef);
  if (stat !== undefined) return stat.bytes;
  const message = `There is no uploaded file ${fileRef}. Upload it first, and give the file_ref that UploadFile answered.`;
  throw fileError('FILE_REF_IO', [message]);
}

/**
 * Finds out an uploaded file's encoding and, unless it is asked for, its format. A file in UTF-16 gets a copy in UTF-8 beside it. Throws INVALID_ARGUMENT when the
 * file cannot be a table; then no copy is left.
 */
export async function openUpload(files: FileStore, fileRef: string, asked: FileFormat | undefined): Promise<OpenUpload> {
  const bytes = await requireUpload(files, fileRef);
  if (bytes === 0) throw fileError('FILE_REF_IO', ['The file is empty (0 bytes).']);
  const head = await readHead(files, fileRef);
  const encoding = detectEncoding(head);
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') {
    refuseBinary(head);
    return { format: asked ?? formatOf(fileRef, head), source: { name: fileRef, bytes, start: fileStart } };
  }
  const name = fileRef.replace(/(\.[^./]*)?$/, `.utf8-${randomBytes(4).toString('hex')}$1`);
  const copy = await files.write(name, utf16ToUtf8(files.read(fileRef), encoding));
  return { format: asked ?? formatOf(fileRef, await readHead(files, name)), source: { name, bytes: copy.bytes, start: fileStart } };
}

/** Removes the UTF-8 copy of a file that nobody goes on with, if it has one. */
export async function removeCopy(
  files: FileStore,
  { source, fileRef }: { readonly source: Source; readonly fileRef: string },
): Promise<void> {
  if (source.name !== fileRef) await files.remove(source.name);
}

const fileStart = { offset: 0, recordNumber: 1, line: 1 };

async function readHead(files: FileStore, name: string): Promise<Buffer> {
  const blocks = [];
  for await (const block of files.read(name, { end: 4096 })) blocks.push(Buffer.from(block));
  return Buffer.concat(blocks);
}

const table = 'upload the table that it shows, as CSV (UTF-8) or JSONL.';
const binarySignatures: readonly (readonly [signature: string, hint: string])[] = [
  ['PK\u0003\u0004', 'It looks like an Excel workbook or a ZIP archive; save the sheet as CSV (UTF-8), then upload that.'],
  ['\u00d0\u00cf\u0011\u00e0', 'It looks like an old Excel workbook; save the sheet as CSV (UTF-8), then upload that.'],
  ['\u001f\u008b', 'It is compressed with gzip; unpack it, then upload that.'],
  ['%PDF', `It is a PDF; ${table}`],
  ['\u0089PNG', `It is an image; ${table}`],
  ['\u00ff\u00d8\u00ff', `It is an image; ${table}`],
  ['GIF8', `It is an image; ${table}`],
];

function refuseBinary(head: Buffer): void {
  const text = head.toString('latin1');
  const known = binarySignatures.find(([signature]) => text.startsWith(signature));
  if (known !== undefined) throw fileError('FILE_REF_IO', [`The file is neither CSV nor JSONL. ${known[1]}`]);
}

/** By the name's ending, else by the first character. */
function formatOf(name: string, head: Buffer): FileFormat {
  if (/\.csv$/i.test(name)) return 'csv';
  if (/\.(jsonl|ndjson)$/i.test(name)) return 'jsonl';
  return /^(\ufeff)?\s*\{/.test(head.toString('utf8')) ? 'jsonl' : 'csv';
}
