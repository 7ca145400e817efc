import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { UploadFileRequest, UploadFileResponse } from '@advocate/contracts';
import type { Api } from './api.ts';
import { inBlocks } from './source-file.ts';
import type { SourceFile } from './source-file.ts';

/** Uploads a file at the pace of the server, which keeps all of it or, when this throws, nothing. */
export async function uploadFile(
  api: Api,
  parent: string,
  file: SourceFile,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<UploadFileResponse> {
  signal.throwIfAborted();
  const answered = Promise.withResolvers<UploadFileResponse>();
  const failed = new AbortController();
  const call = api.jobs.uploadFile((error, response) => {
    if (error === null) return answered.resolve(response);
    answered.reject(error);
    // Nobody reads what is still to be sent.
    failed.abort();
  });
  const cancel = (): void => call.cancel();
  signal.addEventListener('abort', cancel);
  const bytes = file.open();
  try {
    // grpc-js types its stream by what it takes, Node by what streams of bytes take.
    const sink = call as unknown as Writable;
    const sent = pipeline(uploadMessages(parent, file, bytes, onSent), sink, { signal: failed.signal });
    const [response] = await Promise.all([answered.promise, sent]);
    return response;
  } catch (error) {
    cancel();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', cancel);
    // Nobody waits any more for what standard input may still bring.
    bytes.destroy();
  }
}

async function* uploadMessages(
  parent: string,
  file: SourceFile,
  bytes: Readable,
  onSent: (bytes: number) => void,
): AsyncGenerator<UploadFileRequest> {
  yield { part: { $case: 'metadata', value: { parent, filename: file.filename, sizeBytes: file.size ?? 0 } } };
  let sent = 0;
  for await (const value of inBlocks(bytes)) {
    yield { part: { $case: 'data', value } };
    sent += value.length;
    onSent(sent);
  }
}
