import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import { credentials } from '@grpc/grpc-js';
import type { CreateImportJobResponse, ImportJob, UploadFileResponse, WatchImportJobResponse } from '@advocate/contracts';
import { CreateImportJobRequest, ImportJobServiceClient } from '@advocate/contracts';

/** Uploads a file over gRPC, and follows its job to the end. Answers the rows, and the time from the create call to the first stored outcome; throws unless all were applied. */
export async function runJob(
  grpcPort: number,
  type: string,
  file: string,
): Promise<{ readonly rows: number; readonly firstOutcomeMs: number }> {
  const client = new ImportJobServiceClient(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
  try {
    const { fileRef } = await upload(client, file);
    const created = performance.now();
    const { importJob } = await create(client, type, fileRef);
    let firstOutcomeMs: number | undefined;
    let last: ImportJob | undefined;
    const updates: AsyncIterable<WatchImportJobResponse> = client.watchImportJob({ name: importJob?.name ?? '' });
    for await (const { importJob: job } of updates) {
      last = job;
      if ((job?.stats?.recordsProcessed ?? 0) > 0) firstOutcomeMs ??= performance.now() - created;
    }
    if (last?.status !== 'COMPLETED' || last.stats?.errors !== 0) throw new Error(`The job ended ${JSON.stringify(last)}`);
    return { rows: last.stats.recordsProcessed, firstOutcomeMs: firstOutcomeMs ?? 0 };
  } finally {
    client.close();
  }
}

function upload(client: ImportJobServiceClient, file: string): Promise<UploadFileResponse> {
  return new Promise((resolve, reject) => {
    const call = client.uploadFile((error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
    void (async () => {
      call.write({ part: { $case: 'metadata', value: { parent: 'tenants/bench', filename: file, sizeBytes: 0 } } });
      for await (const data of createReadStream(file, { highWaterMark: 64 * 1024 }) as AsyncIterable<Buffer>) {
        if (!call.write({ part: { $case: 'data', value: data } })) await once(call, 'drain');
      }
      call.end();
    })();
  });
}

function create(client: ImportJobServiceClient, type: string, fileRef: string): Promise<CreateImportJobResponse> {
  return new Promise((resolve, reject) => {
    const request = CreateImportJobRequest.fromJSON({ parent: 'tenants/bench', importJob: { type, fileRef } });
    client.createImportJob(request, (error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}
