import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { UploadFileRequest, UploadFileResponse } from '@advocate/contracts';
import type { Api } from './api.ts';
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
  const refused = new AbortController();
  const call = api.jobs.uploadFile((error, response) => {
    if (error === null) return answered.resolve(response);
    answered.reject(error);
    // Nobody reads what is still to be sent.
    refused.abort();
  });
  try {
    // grpc-js types its stream by what it takes, Node by what bytes streams take.
    const sink = call as unknown as Writable;
    const sent = pipeline(uploadMessages(parent, file, onSent), sink, { signal: AbortSignal.any([signal, refused.signal]) });
    const [response] = await Promise.all([answered.promise, sent]);
    return response;
  } catch (error) {
    call.cancel();
    throw signal.aborted ? signal.reason : error;
  }
}

async function* uploadMessages(parent: string, file: SourceFile, onSent: (bytes: number) => void): AsyncGenerator<UploadFileRequest> {
  yield { part: { $case: 'metadata', value: { parent, filename: file.filename, sizeBytes: file.size ?? 0 } } };
  let sent = 0;
  for await (const value of file.open()) {
    yield { part: { $case: 'data', value } };
    sent += value.length;
    onSent(sent);
  }
}
