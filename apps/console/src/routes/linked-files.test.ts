import type { DownloadLinkedFileResponse, ImportJobServiceServer } from '@advocate/contracts';
import { ImportJobServiceService } from '@advocate/contracts';
import { createLogger, GrpcHandlers, RequestError, startGrpcServer } from '@advocate/service';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ask, serveGateway } from '../test-support.ts';

type Download = (signal: AbortSignal) => AsyncGenerator<DownloadLinkedFileResponse>;

/** Serves a gateway before services that answer each link and each job's file so. Answers its port. */
async function serveFiles(download: Download): Promise<number> {
  const handlers = new GrpcHandlers(createLogger('test', 'silent'));
  const stream = handlers.serverStream((_request: unknown, signal) => download(signal));
  const implementation: Pick<ImportJobServiceServer, 'downloadLinkedFile' | 'downloadFile'> = {
    downloadLinkedFile: stream,
    downloadFile: stream,
  };
  const server = await startGrpcServer('127.0.0.1', 0, [{ definition: ImportJobServiceService, implementation }]);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return serveGateway({ grpcPort: server.port });
}

test.each(['/files/token', '/api/tenants/default/importJobs/1/files/results'])(
  'HEAD learns of a file and leaves it in the services: %s',
  async (path) => {
    const gone = vi.fn<() => void>();
    const port = await serveFiles(async function* (signal) {
      signal.addEventListener('abort', gone);
      yield { filename: 'users.csv', data: Buffer.alloc(0) };
      // The rest never comes, so that only an answer before it is one.
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    const answer = await ask(port, path, {}, 'HEAD');
    expect(answer).toMatchObject({ status: 200, body: Buffer.alloc(0), headers: { 'content-type': 'text/csv; charset=utf-8' } });
    expect(answer.headers['content-disposition']).toContain('users.csv');
    await expect.poll(() => gone).toHaveBeenCalledOnce();
  },
);

test.each([
  ['FILE_NOT_FOUND', 'Job 1 is not finished; its files are written at the end.', 'This file is not there'],
  ['FILE_EXPIRED', 'The files of job 1 expired.', 'This file is gone'],
  ['JOB_NOT_FOUND', 'The import of this link was deleted, and its files with it.', 'This file is gone'],
])('a link without a file leads to a page with a heading that fits: %s', async (reason, message, title) => {
  const port = await serveFiles(async function* () {
    throw new RequestError('NOT_FOUND', reason, message);
  });
  const { status, body } = await ask(port, '/files/token');
  expect(status).toBe(404);
  expect(body.toString()).toContain(`<h1>${title}</h1>\n          <p>${message}</p>`);
});
