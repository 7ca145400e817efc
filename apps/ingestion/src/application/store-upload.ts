import { randomBytes } from 'node:crypto';
import type { FileStore, StoredFile } from '@advocate/ports';
import { RequestError } from '@advocate/service';

export interface Upload {
  readonly tenant: string;
  readonly filename: string;
  /** What the client means to send; 0 when it does not know. */
  readonly expectedBytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Stores an upload under a new name; durable when it resolves. An upload that breaks off, is too large or of another size than announced leaves nothing. */
export async function storeUpload(files: FileStore, upload: Upload, maxBytes: number): Promise<StoredFile & { readonly fileRef: string }> {
  const fileRef = nameFor(upload);
  return { fileRef, ...(await files.write(fileRef, checked(upload, maxBytes))) };
}

async function* checked({ content, expectedBytes }: Upload, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const block of content) {
    bytes += block.length;
    if (bytes > maxBytes) {
      const limit = `${(maxBytes / 1e6).toLocaleString('en-US')} MB`;
      throw new RequestError(
        'INVALID_ARGUMENT',
        'FILE_TOO_LARGE',
        `The file is larger than ${limit}. Split it into smaller files, each with the header.`,
      );
    }
    yield block;
  }
  if (bytes === 0) throw new RequestError('INVALID_ARGUMENT', 'FILE_REF_IO', 'The file is empty (0 bytes).');
  if (expectedBytes !== 0 && bytes !== expectedBytes) {
    const message = `The upload has ${bytes} bytes, but ${expectedBytes} were announced; nothing was stored. Upload the file again.`;
    throw new RequestError('INVALID_ARGUMENT', 'UPLOAD_INCOMPLETE', message);
  }
}

/** `imports/{tenant}/{base}_{24 hex digits}.{ending}`, the product's form. */
function nameFor({ tenant, filename }: Upload): string {
  const last = filename.split(/[/\\]/).at(-1) ?? '';
  const dot = last.lastIndexOf('.');
  const base = dot > 0 ? last.slice(0, dot) : last;
  const ending = dot > 0 ? last.slice(dot + 1).toLowerCase() : '';
  const safeBase = base.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 80) || 'upload';
  const safeEnding = ending.replace(/[^a-z0-9]/g, '').slice(0, 10);
  return `imports/${tenant}/${safeBase}_${randomBytes(12).toString('hex')}${safeEnding === '' ? '' : `.${safeEnding}`}`;
}
