import { toApiError } from '../api/api-error.ts';

/** How far an upload is. */
export interface UploadState {
  readonly id: string;
  /** Bytes stored for good: the offset to go on from. */
  readonly storedBytes: number;
}

/** What an upload asks of the server. */
export interface UploadTransport {
  start(filename: string, sizeBytes: number, signal: AbortSignal): Promise<UploadState>;
  get(id: string, signal: AbortSignal): Promise<UploadState>;
  /** `onSent` gets the bytes of this part that are on their way so far. */
  put(id: string, offset: number, bytes: Blob, onSent: (bytes: number) => void, signal: AbortSignal): Promise<UploadState>;
  /** Answers the file's name for a job. */
  finish(id: string, signal: AbortSignal): Promise<string>;
}

/** Remembers unfinished uploads by file, so that selecting the same file again goes on with it. */
export interface UploadMemory {
  recall(file: FileIdentity): string | undefined;
  keep(file: FileIdentity, id: string): void;
  forget(file: FileIdentity): void;
}

export type FileIdentity = Pick<File, 'name' | 'size' | 'lastModified'>;

export interface UploadOptions {
  readonly transport: UploadTransport;
  readonly memory: UploadMemory;
  readonly signal: AbortSignal;
  readonly onProgress: (sentBytes: number) => void;
  /** Told at each interruption; progress after it means that the upload goes on. */
  readonly onInterrupted: () => void;
  /** Lets time pass before another attempt. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

const partBytes = 8 * 1024 * 1024;
const longestWaitMs = 10_000;

/**
 * Uploads a file in parts and answers its name for a job. An interruption is waited out, for ever if need be: the upload goes on from what the server has stored.
 * Rejects when the server refuses the file, or with the signal's reason.
 */
export async function uploadFile(file: File, options: UploadOptions): Promise<string> {
  const { transport, memory, signal, onProgress } = options;
  const { id, ...begun } = await begin(file, options);
  let { storedBytes } = begun;
  memory.keep(file, id);
  onProgress(storedBytes);
  while (storedBytes < file.size) {
    const offset = storedBytes;
    const part = file.slice(offset, offset + partBytes);
    ({ storedBytes } = await persist(
      options,
      () => transport.put(id, offset, part, (sent) => onProgress(offset + Math.min(sent, part.size)), signal),
      async () => {
        const stored = await transport.get(id, signal);
        return stored.storedBytes > offset ? stored : undefined;
      },
    ));
    onProgress(storedBytes);
  }
  const fileRef = await persist(options, () => transport.finish(id, signal));
  memory.forget(file);
  return fileRef;
}

async function begin(file: File, { transport, memory, signal, ...options }: UploadOptions): Promise<UploadState> {
  return persist({ signal, ...options }, async () => {
    const known = memory.recall(file);
    if (known === undefined) return transport.start(file.name, file.size, signal);
    return transport.get(known, signal).catch((error: unknown) => {
      if (!toApiError(error).isNotFound) throw error;
      return transport.start(file.name, file.size, signal);
    });
  });
}

/** Tries until it works or is refused. After a failure `settled` may find that it worked none the less. */
async function persist<T>(
  { signal, onInterrupted, wait }: Pick<UploadOptions, 'signal' | 'onInterrupted' | 'wait'>,
  attempt: () => Promise<T>,
  settled: () => Promise<T | undefined> = () => Promise.resolve(undefined),
): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      const found = failures === 0 ? undefined : await settled();
      return found ?? (await attempt());
    } catch (error) {
      signal.throwIfAborted();
      if (!isTransient(error)) {
        const found = await settled().catch(() => undefined);
        if (found === undefined) throw error;
        return found;
      }
      onInterrupted();
      await wait(Math.min(longestWaitMs, 500 * 2 ** failures), signal);
    }
  }
}

const transientStatuses = [0, 408, 425, 429];

function isTransient(error: unknown): boolean {
  const { status, isAway } = toApiError(error);
  return isAway || status >= 500 || transientStatuses.includes(status);
}
