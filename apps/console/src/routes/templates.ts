import { Hono } from 'hono';
import { attachmentHeaders } from '../attachment.ts';
import { HttpError } from '../http-error.ts';
import type { NodeEnv } from '../request.ts';

const columns: Readonly<Record<string, readonly string[]>> = {
  'users.csv': [
    ...['accountId', 'id', 'firstName', 'lastName', 'email', 'referable', 'locale', 'countryCode'],
    ...['dateCreated', 'dateUsTaxFormSubmitted', 'imageUrl', 'referredBy.code'],
  ],
  'deletions.csv': ['accountId', 'id', 'doNotTrack', 'preserveEmptyAccount'],
};

/** Files to start from: a header with the columns that mean the same to every tenant. */
export function templateRoutes(): Hono<NodeEnv> {
  const routes = new Hono<NodeEnv>();
  routes.get('/:filename', (c) => {
    const filename = c.req.param('filename');
    const header = columns[filename];
    if (header === undefined) throw new HttpError('NOT_FOUND', 'NO_SUCH_TEMPLATE', `Templates are ${Object.keys(columns).join(' and ')}.`);
    return c.body(`${header.join(',')}\r\n`, 200, attachmentHeaders(filename));
  });
  return routes;
}
