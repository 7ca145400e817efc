import { CreateImportJobRequest, ListImportJobsRequest, PreviewImportRequest } from '@advocate/contracts';
import type { DownloadFileRequest_Kind } from '@advocate/contracts';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { sendFile } from '../attachment.ts';
import { HttpError } from '../http-error.ts';
import type { NodeEnv } from '../request.ts';
import { nameOf, readCount, readJson, readMessage } from '../request.ts';
import type { Services } from '../services.ts';
import { askInTime } from '../services.ts';
import { sendWatch } from '../watch.ts';

const files: Readonly<Record<string, DownloadFileRequest_Kind>> = {
  results: 'RESULTS',
  errors: 'ERRORS',
  failedRows: 'FAILED_ROWS',
  source: 'SOURCE',
};

/** Import jobs of the path's tenant. */
export function importJobRoutes({ jobs }: Services): Hono<NodeEnv> {
  const jobName = (c: Context<NodeEnv, '/:id'>): string => nameOf(c, 'importJobs', c.req.param('id'));
  const routes = new Hono<NodeEnv>();
  routes.get('/', async (c) => {
    const { type, status, createdFrom, createdBefore, pageSize, pageToken } = c.req.query();
    const request = readMessage(ListImportJobsRequest, {
      parent: nameOf(c),
      type,
      status,
      createdFrom: readCount('createdFrom', createdFrom),
      createdBefore: readCount('createdBefore', createdBefore),
      pageSize: readCount('pageSize', pageSize),
      pageToken,
    });
    return c.json(await askInTime(jobs.listImportJobs.bind(jobs), request));
  });
  routes.post('/', async (c) => {
    const request = readMessage(CreateImportJobRequest, { ...(await readJson(c.env.incoming)), parent: nameOf(c) });
    return c.json(await askInTime(jobs.createImportJob.bind(jobs), request));
  });
  routes.post('/preview', async (c) => {
    const request = readMessage(PreviewImportRequest, { ...(await readJson(c.env.incoming)), parent: nameOf(c) });
    return c.json(await askInTime(jobs.previewImport.bind(jobs), request));
  });
  routes.get('/:id', async (c) => {
    const { importJob } = await askInTime(jobs.getImportJob.bind(jobs), { name: jobName(c) });
    return c.json(importJob);
  });
  routes.delete('/:id', async (c) => c.json(await askInTime(jobs.deleteImportJob.bind(jobs), { name: jobName(c) })));
  routes.post('/:id/cancel', async (c) => {
    const { importJob } = await askInTime(jobs.cancelImportJob.bind(jobs), { name: jobName(c) });
    return c.json(importJob);
  });
  routes.post('/:id/resume', async (c) => {
    const { importJob } = await askInTime(jobs.resumeImportJob.bind(jobs), { name: jobName(c) });
    return c.json(importJob);
  });
  routes.get('/:id/errorDigest', async (c) => {
    const examplesPerCause = readCount('examplesPerCause', c.req.query('examplesPerCause'));
    return c.json(await askInTime(jobs.getErrorDigest.bind(jobs), { name: jobName(c), examplesPerCause }));
  });
  routes.get('/:id/progressHistory', async (c) => c.json(await askInTime(jobs.getProgressHistory.bind(jobs), { name: jobName(c) })));
  routes.get('/:id/watch', (c) => sendWatch(jobs.watchImportJob({ name: jobName(c) }), c.env.outgoing));
  routes.get('/:id/files/:kind', async (c) => {
    const kind = files[c.req.param('kind')];
    if (kind === undefined)
      throw new HttpError('NOT_FOUND', 'NO_SUCH_FILE', "A job's files are 'results', 'errors', 'failedRows' and 'source'.");
    return sendFile(jobs.downloadFile({ name: jobName(c), kind }), c.env.outgoing);
  });
  return routes;
}
