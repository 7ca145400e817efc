import { randomBytes } from 'node:crypto';
import type { FileStore, StoredFile } from '@advocate/ports';
import { RequestError } from '@advocate/service';

export interface Upload {
  /** Where it is stored, see {@link fileRefOf}. */
  readonly fileRef: string;
  /** What the client means to send; 0 when it does not know. */
  readonly expectedBytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Stores an upload; durable when it resolves. An upload that breaks off, is too large or of another size than announced leaves nothing. */
export async function storeUpload(files: FileStore, upload: Upload, maxBytes: number): Promise<StoredFile> {
  return files.write(upload.fileRef, checked(upload, maxBytes));
}

async function* checked({ content, expectedBytes }: Upload, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const block of content) {
    bytes += block.length;
    checkSize(bytes, maxBytes);
    yield block;
  }
  if (bytes === 0) throw emptyFile();
  if (expectedBytes !== 0 && bytes !== expectedBytes) {
    const message = `The upload has ${bytes} bytes, but ${expectedBytes} were announced; nothing was stored. Upload the file again.`;
    throw new RequestError('INVALID_ARGUMENT', 'UPLOAD_INCOMPLETE', message);
  }
}

/** Throws INVALID_ARGUMENT when a file is larger than what is taken. */
export function checkSize(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  const limit = `${(maxBytes / 1e6).toLocaleString('en-US')} MB`;
  throw new RequestError(
    'INVALID_ARGUMENT',
    'FILE_TOO_LARGE',
    `The file is larger than ${limit}. Split it into smaller files, each with the header.`,
  );
}

export const emptyFile = (): RequestError => new RequestError('INVALID_ARGUMENT', 'FILE_REF_IO', 'The file is empty (0 bytes).');

/** 24 hex digits that nobody else gets. */
export const newUploadId = (): string => randomBytes(12).toString('hex');

/** The name under which an upload is stored, `imports/{tenant}/{base}_{id}.{ending}`, the product's form. */
export function fileRefOf(tenant: string, filename: string, id: string): string {
  const last = filename.split(/[/\\]/).at(-1) ?? '';
  const dot = last.lastIndexOf('.');
  const base = dot > 0 ? last.slice(0, dot) : last;
  const ending = dot > 0 ? last.slice(dot + 1).toLowerCase() : '';
  const safeBase = base.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 80) || 'upload';
  const safeEnding = ending.replace(/[^a-z0-9]/g, '').slice(0, 10);
  return `imports/${tenant}/${safeBase}_${id}${safeEnding === '' ? '' : `.${safeEnding}`}`;
}
