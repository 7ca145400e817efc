/**
 * One measured run of the suite in a process of its own: starts it on a data folder, uploads a file over gRPC and follows the job to its end.
 * Prints a Measurement as JSON. Arguments: data folder, USERS or USER_DELETIONS, file.
 */
import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import { credentials } from '@grpc/grpc-js';
import { startAllInOne } from '@advocate/all-in-one';
import type { CreateImportJobResponse, ImportJob, UploadFileResponse, WatchImportJobResponse } from '@advocate/contracts';
import { CreateImportJobRequest, ImportJobServiceClient } from '@advocate/contracts';
import { measure } from './measurement.ts';

const [dataDir = '', type = '', file = ''] = process.argv.slice(2);
const suite = await startAllInOne({ dataDir, logLevel: 'error', maxFileBytes: 2 ** 31 });
const client = new ImportJobServiceClient(`127.0.0.1:${suite.grpcPort}`, credentials.createInsecure());

await measure(async () => {
  const { fileRef } = await upload();
  const created = performance.now();
  const { importJob } = await create(fileRef);
  let firstOutcomeMs: number | undefined;
  let last: ImportJob | undefined;
  const updates: AsyncIterable<WatchImportJobResponse> = client.watchImportJob({ name: importJob?.name ?? '' });
  for await (const { importJob: job } of updates) {
    last = job;
    if ((job?.stats?.recordsProcessed ?? 0) > 0) firstOutcomeMs ??= performance.now() - created;
  }
  if (last?.status !== 'COMPLETED' || last.stats?.errors !== 0) throw new Error(`The job ended ${JSON.stringify(last)}`);
  return { rows: last.stats.recordsProcessed, firstOutcomeMs: firstOutcomeMs ?? 0 };
});

client.close();
await suite[Symbol.asyncDispose]();

function upload(): Promise<UploadFileResponse> {
  return new Promise((resolve, reject) => {
    const call = client.uploadFile((error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
    void (async () => {
      call.write({ part: { $case: 'metadata', value: { parent: 'tenants/bench', filename: file, sizeBytes: 0 } } });
      for await (const data of createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
        if (!call.write({ part: { $case: 'data', value: data } })) await once(call, 'drain');
      }
      call.end();
    })();
  });
}

function create(fileRef: string): Promise<CreateImportJobResponse> {
  return new Promise((resolve, reject) => {
    const request = CreateImportJobRequest.fromJSON({ parent: 'tenants/bench', importJob: { type, fileRef } });
    client.createImportJob(request, (error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}
