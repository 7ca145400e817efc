import type { FileStore } from '@advocate/ports';
import { FileNotFoundError } from '@advocate/ports';
import { RequestError } from '@advocate/service';
import { checkSize, emptyFile, fileRefOf, newUploadId, storeUpload } from './store-upload.ts';

/** Names an upload of a tenant. */
export interface UploadKey {
  readonly tenant: string;
  readonly id: string;
}

/** An upload under way; when it is finished, all its bytes are stored. */
export interface ResumableUpload extends UploadKey {
  readonly filename: string;
  readonly sizeBytes: number;
  readonly storedBytes: number;
  /** Of the finished file, hex. */
  readonly sha256?: string;
}

export interface FinishedUpload {
  readonly fileRef: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** What is noted of an upload at its start, and of the finished file. */
interface Notes {
  readonly start: { readonly filename: string; readonly sizeBytes: number };
  readonly finished: { readonly sha256: string };
}

/** Bytes of each part but the last. */
export const partBytes = 4 << 20;

/**
 * Uploads that go on after an interruption. What is known of them lies in the file store: `uploads/{tenant}/{id}/start`, the bytes in parts of one size,
 * `…/0`, `…/1` and so on, and in their place `…/finished` in the end. Only whole parts are stored, in order, so their number says how far an upload is; a part
 * in memory is all that one takes there. `…/start` is written again to put the removal of all of it off, at any time, and always with the same content.
 */
export class ResumableUploads {
  readonly #files: FileStore;
  readonly #maxFileBytes: number;

  constructor(files: FileStore, maxFileBytes: number) {
    this.#files = files;
    this.#maxFileBytes = maxFileBytes;
  }

  /** Begins an upload. Throws INVALID_ARGUMENT for a file that would not be taken. */
  async start(tenant: string, filename: string, sizeBytes: number): Promise<ResumableUpload> {
    if (sizeBytes <= 0) throw emptyFile();
    checkSize(sizeBytes, this.#maxFileBytes);
    const key = { tenant, id: newUploadId() };
    await this.#note(key, 'start', { filename, sizeBytes });
    return { ...key, filename, sizeBytes, storedBytes: 0 };
  }

  /** How far an upload is. Throws NOT_FOUND when there is none. */
  async get(key: UploadKey): Promise<ResumableUpload> {
    const start = await this.#read(key, 'start');
    if (start === undefined) {
      const message = `There is no upload ${key.id}; one that is not continued is removed after a day. Start it again.`;
      throw new RequestError('NOT_FOUND', 'UPLOAD_NOT_FOUND', message);
    }
    const { sizeBytes } = start;
    const parts = await this.#storedParts(key, Math.ceil(sizeBytes / partBytes));
    // Asked last: who finishes it meanwhile says so before the parts go.
    const finished = await this.#read(key, 'finished');
    return { ...key, ...start, ...finished, storedBytes: finished === undefined ? Math.min(parts * partBytes, sizeBytes) : sizeBytes };
  }

  /**
   * Stores the bytes that follow, part by part; what does not fill a part is dropped, the file's end excepted. When `content` throws, the parts stored by then
   * stay. Throws OUT_OF_RANGE when the offset is not where the upload stands, and INVALID_ARGUMENT when there are more bytes than the file has.
   */
  async continue(key: UploadKey, offset: number, content: AsyncIterable<Uint8Array>): Promise<ResumableUpload> {
    const upload = await this.get(key);
    const { filename, sizeBytes, storedBytes } = upload;
    if (offset !== storedBytes) {
      throw new RequestError(
        'OUT_OF_RANGE',
        'WRONG_OFFSET',
        `The upload stands at offset ${storedBytes}, not ${offset}; go on from there.`,
      );
    }
    if (storedBytes < sizeBytes) await this.#note(key, 'start', { filename, sizeBytes });
    let at = storedBytes;
    for await (const part of inParts(content, sizeBytes - storedBytes)) {
      await this.#files.write(nameOf(key, at / partBytes), streamOf(part));
      at += part.length;
    }
    return { ...upload, storedBytes: at };
  }

  /**
   * Makes the file that CreateImportJob takes, and removes the parts. Again, or after a crash in between, it makes or answers the same file. Throws
   * FAILED_PRECONDITION while bytes are missing.
   */
  async finish(key: UploadKey): Promise<FinishedUpload> {
    const { filename, sizeBytes, storedBytes, ...known } = await this.get(key);
    if (storedBytes < sizeBytes) {
      const message = `The upload has ${storedBytes} of ${sizeBytes} bytes; go on from offset ${storedBytes}, then finish it.`;
      throw new RequestError('FAILED_PRECONDITION', 'UPLOAD_INCOMPLETE', message);
    }
    const fileRef = fileRefOf(key.tenant, filename, key.id);
    const sha256 = known.sha256 ?? (await this.#join(key, fileRef, sizeBytes));
    await this.#note(key, 'start', { filename, sizeBytes });
    await this.#note(key, 'finished', { sha256 });
    for (let part = 0; part * partBytes < sizeBytes; part += 1) await this.#files.remove(nameOf(key, part));
    return { fileRef, bytes: sizeBytes, sha256 };
  }

  /** Removes the uploads that were last continued, or finished, before a time, epoch milliseconds; parts of theirs that are younger go later. */
  async removeAbandoned(before: number): Promise<void> {
    await this.#files.removeWrittenBefore('uploads', before, async (name) => {
      const start = name.replace(/[^/]+$/, 'start');
      return name !== start && (await this.#files.stat(start)) !== undefined;
    });
  }

  /** Writes the parts into one file and answers its hash. */
  async #join(key: UploadKey, fileRef: string, sizeBytes: number): Promise<string> {
    try {
      const upload = { fileRef, expectedBytes: sizeBytes, content: this.#content(key, sizeBytes) };
      return (await storeUpload(this.#files, upload, this.#maxFileBytes)).sha256;
    } catch (error) {
      // Who finished it meanwhile has removed the parts.
      const finished = error instanceof FileNotFoundError ? await this.#read(key, 'finished') : undefined;
      if (finished === undefined) throw error;
      return finished.sha256;
    }
  }

  async *#content(key: UploadKey, sizeBytes: number): AsyncGenerator<Uint8Array> {
    for (let part = 0; part * partBytes < sizeBytes; part += 1) yield* this.#files.read(nameOf(key, part));
  }

  async #note<File extends keyof Notes>(key: UploadKey, file: File, note: Notes[File]): Promise<void> {
    await this.#files.write(nameOf(key, file), streamOf(Buffer.from(JSON.stringify(note))));
  }

  async #read<File extends keyof Notes>(key: UploadKey, file: File): Promise<Notes[File] | undefined> {
    try {
      const blocks = await Array.fromAsync(this.#files.read(nameOf(key, file)), (block) => Buffer.from(block));
      return JSON.parse(Buffer.concat(blocks).toString()) as Notes[File];
    } catch (error) {
      if (error instanceof FileNotFoundError) return undefined;
      throw error;
    }
  }

  /** How many parts are stored: none after one that is missing. */
  async #storedParts(key: UploadKey, parts: number): Promise<number> {
    let [stored, missing] = [0, parts];
    while (stored < missing) {
      const middle = (stored + missing) >> 1;
      if ((await this.#files.stat(nameOf(key, middle))) === undefined) missing = middle;
      else stored = middle + 1;
    }
    return stored;
  }
}

const nameOf = ({ tenant, id }: UploadKey, file: keyof Notes | number): string => `uploads/${tenant}/${id}/${file}`;

/** Whole parts of a content, and the last one once `bytes` have come. Throws when more come. A part is valid until the next one is asked for. */
async function* inParts(content: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  const part = Buffer.allocUnsafe(Math.min(partBytes, bytes));
  let left = bytes;
  let filled = 0;
  for await (const block of content) {
    for (let at = 0; at < block.length;) {
      if (left === 0) throw tooLong();
      const piece = block.subarray(at, at + Math.min(part.length, left) - filled);
      part.set(piece, filled);
      at += piece.length;
      filled += piece.length;
      if (filled < part.length && filled < left) continue;
      yield part.subarray(0, filled);
      left -= filled;
      filled = 0;
    }
  }
}

const tooLong = (): RequestError =>
  new RequestError('INVALID_ARGUMENT', 'UPLOAD_TOO_LONG', 'The file has more bytes than were announced. Start its upload again.');

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
