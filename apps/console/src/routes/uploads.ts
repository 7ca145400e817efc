import type { IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StartUploadRequest } from '@advocate/contracts';
import type { ContinueUploadRequest, UploadMessage, UploadServiceClient } from '@advocate/contracts';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { HttpError } from '../http-error.ts';
import type { NodeEnv } from '../request.ts';
import { nameOf, readCount, readJson, readMessage, tooLarge, upTo } from '../request.ts';
import type { Services } from '../services.ts';
import { askInTime } from '../services.ts';

/** Uploads of the path's tenant, which go on where they stopped. */
export function uploadRoutes({ uploads }: Services): Hono<NodeEnv> {
  const uploadName = (c: Context<NodeEnv, '/:id'>): string => nameOf(c, 'uploads', c.req.param('id'));
  const find = async (name: string): Promise<UploadMessage> => {
    const { upload } = await askInTime(uploads.getUpload.bind(uploads), { name });
    if (upload === undefined) throw new Error('The services answered no upload');
    return upload;
  };
  const routes = new Hono<NodeEnv>();
  routes.post('/', async (c) => {
    const request = readMessage(StartUploadRequest, { ...(await readJson(c.env.incoming)), parent: nameOf(c) });
    const { upload } = await askInTime(uploads.startUpload.bind(uploads), request);
    return c.json(upload);
  });
  routes.get('/:id', async (c) => c.json(await find(uploadName(c))));
  routes.put('/:id', async (c) => {
    const { name, sizeBytes } = await find(uploadName(c));
    const offset = readCount('offset', c.req.query('offset'));
    const left = sizeBytes - offset;
    if (readCount('Content-Length', c.req.header('Content-Length')) > left) {
      throw tooLarge(`The upload was announced with ${sizeBytes} bytes, so from byte ${offset} on there are ${Math.max(left, 0)}.`);
    }
    return c.json(await continueUpload(uploads, name, offset, bytesOf(c.env.incoming, left)));
  });
  routes.post('/:id/finish', async (c) => c.json(await askInTime(uploads.finishUpload.bind(uploads), { name: uploadName(c) })));
  return routes;
}

/** Passes bytes on at the pace of the services, and answers the upload as it stands then. */
async function continueUpload(
  uploads: UploadServiceClient,
  name: string,
  offset: number,
  bytes: AsyncIterable<Buffer>,
): Promise<UploadMessage | undefined> {
  const answered = Promise.withResolvers<UploadMessage | undefined>();
  const refused = new AbortController();
  const call = uploads.continueUpload((error, answer) => {
    if (error === null) return answered.resolve(answer.upload);
    answered.reject(error);
    // Nobody reads what is still to come.
    refused.abort();
  });
  // grpc-js types its stream by what it takes, Node by what streams of bytes take.
  const sent = pipeline(messagesOf(name, offset, bytes), call as unknown as Writable, { signal: refused.signal });
  sent.catch((error: unknown) => {
    call.cancel();
    answered.reject(error);
  });
  return answered.promise;
}

async function* messagesOf(name: string, offset: number, bytes: AsyncIterable<Buffer>): AsyncGenerator<ContinueUploadRequest> {
  yield { part: { $case: 'place', value: { name, offset } } };
  for await (const value of bytes) yield { part: { $case: 'data', value } };
}

/** The body up to where the connection broke, if it did: what has arrived is kept. */
async function* bytesOf(incoming: IncomingMessage, maxBytes: number): AsyncGenerator<Buffer> {
  try {
    yield* upTo(incoming, maxBytes);
  } catch (error) {
    if (error instanceof HttpError) throw error;
  }
}
