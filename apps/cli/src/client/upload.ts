import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { ContinueUploadRequest, UploadFileRequest, UploadFileResponse, UploadMessage } from '@advocate/contracts';
import { ask } from '@advocate/contracts';
import type { ClientWritableStream, ServiceError } from '@grpc/grpc-js';
import type { Api } from './api.ts';
import { isServerGone } from './api.ts';
import { inBlocks } from './source-file.ts';
import type { SourceFile } from './source-file.ts';

export interface UploadProgress {
  /** So many of the file's bytes are sent; fewer than before when some have to be sent again. */
  readonly sent: (bytes: number) => void;
  readonly serverGone: () => void;
}

/** A file as large as this is sent so that a broken connection costs little. */
const largeBytes = 16 << 20;

/** Uploads a file at the pace of the server, and answers its name for a job. A large file goes on where it stands when the server was gone for a while. */
export async function uploadFile(
  api: Api,
  parent: string,
  file: SourceFile,
  progress: UploadProgress,
  signal: AbortSignal,
): Promise<string> {
  const { size } = file;
  if (size !== undefined && size >= largeBytes) return uploadInParts(api, parent, file, size, progress, signal);
  const { fileRef } = await send<UploadFileRequest, UploadFileResponse>(
    (answered) => api.jobs.uploadFile(answered),
    { part: { $case: 'metadata', value: { parent, filename: file.filename, sizeBytes: size ?? 0 } } },
    file.open(0),
    progress.sent,
    signal,
  );
  return fileRef;
}

async function uploadInParts(
  api: Api,
  parent: string,
  file: SourceFile,
  sizeBytes: number,
  progress: UploadProgress,
  signal: AbortSignal,
): Promise<string> {
  const { uploads } = api;
  const started = await ask(uploads.startUpload.bind(uploads), { parent, filename: file.filename, sizeBytes }, { signal });
  const { name } = started.upload!;
  let storedBytes = 0;
  for (;;) {
    try {
      await send<ContinueUploadRequest, unknown>(
        (answered) => uploads.continueUpload(answered),
        { part: { $case: 'place', value: { name, offset: storedBytes } } },
        file.open(storedBytes),
        (sent) => progress.sent(storedBytes + sent),
        signal,
      );
      break;
    } catch (error) {
      if (!isServerGone(error)) throw error;
      progress.serverGone();
      ({ storedBytes } = await whenBack(api, name, signal));
      progress.sent(storedBytes);
    }
  }
  return (await ask(uploads.finishUpload.bind(uploads), { name }, { signal })).fileRef;
}

const lookAgainMs = 1000;
const patienceMs = 5 * 60 * 1000;

/** Where an upload stands, once the server answers. Gives up on a server that stays away for 5 minutes. */
async function whenBack({ uploads }: Api, name: string, signal: AbortSignal): Promise<UploadMessage> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return (await ask(uploads.getUpload.bind(uploads), { name }, { signal })).upload!;
    } catch (error) {
      if (!isServerGone(error) || performance.now() > deadline) throw error;
    }
    await pause(lookAgainMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Streams a first message and then bytes, counting them, at the pace of the server. When the signal aborts, cancels the call and throws its reason. */
async function send<Message, Answer>(
  open: (answered: (error: ServiceError | null, answer: Answer) => void) => ClientWritableStream<Message>,
  first: Message,
  bytes: Readable,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Answer> {
  signal.throwIfAborted();
  const answered = Promise.withResolvers<Answer>();
  const failed = new AbortController();
  const call = open((error, answer) => {
    if (error === null) return answered.resolve(answer);
    answered.reject(error);
    // Nobody reads what is still to be sent.
    failed.abort();
  });
  const cancel = (): void => call.cancel();
  signal.addEventListener('abort', cancel);
  try {
    // grpc-js types its stream by what it takes, Node by what streams of bytes take.
    const sink = call as unknown as Writable;
    const sent = pipeline(messagesOf(first, bytes, onSent), sink, { signal: failed.signal });
    const [answer] = await Promise.all([answered.promise, sent]);
    return answer;
  } catch (error) {
    cancel();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', cancel);
    // Nobody waits any more for what standard input may still bring.
    bytes.destroy();
  }
}

async function* messagesOf(first: unknown, bytes: Readable, onSent: (bytes: number) => void): AsyncGenerator {
  yield first;
  let sent = 0;
  for await (const value of inBlocks(bytes)) {
    yield { part: { $case: 'data', value } };
    sent += value.length;
    onSent(sent);
  }
}
