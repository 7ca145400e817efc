import { Hono } from 'hono';
import { html } from 'hono/html';
import { sendFile } from '../attachment.ts';
import { toHttpError } from '../http-error.ts';
import type { NodeEnv } from '../request.ts';
import type { Services } from '../services.ts';

/** Signed links, as mails have them. Whoever has one may download its file; a link that is good no more leads to a page that says so. */
export function linkedFileRoutes({ jobs }: Services): Hono<NodeEnv> {
  const routes = new Hono<NodeEnv>();
  routes.get('/page.css', (c) => c.body(pageStyle, 200, { 'Content-Type': 'text/css' }));
  routes.get('/:token', (c) => sendFile(jobs.downloadLinkedFile({ token: c.req.param('token') }), c.env.outgoing));
  routes.onError((error, c) => {
    const { status, body } = toHttpError(error);
    const { reason, code, message } = body.error;
    const { title, ...page } = pages[reason] ?? pages[code] ?? { title: 'This file cannot be downloaded now' };
    c.header('Cache-Control', 'no-store');
    return c.html(pageText(title, message), page.status ?? (status as 500));
  });
  return routes;
}

interface Page {
  readonly status?: 410;
  readonly title: string;
}

/** By reason, or else by code. */
const pages: Readonly<Record<string, Page>> = {
  LINK_EXPIRED: { status: 410, title: 'This link has expired' },
  PERMISSION_DENIED: { title: 'This link is not valid' },
  FILE_NOT_FOUND: { title: 'This file is not there' },
  NOT_FOUND: { title: 'This file is gone' },
};

/** A page without the web app, so that it is there at once; the template escapes what it is given. */
function pageText(title: string, text: string): ReturnType<typeof html> {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <link rel="stylesheet" href="/files/page.css" />
        <title>${title}</title>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p>${text}</p>
          <p><a href="/">Go to the console</a></p>
        </main>
      </body>
    </html> `;
}

const pageStyle = `body { font: 1.1rem/1.6 system-ui, sans-serif; margin: 0; padding: 15vh 1.5rem; }
main { max-width: 36rem; margin: auto; }
h1 { line-height: 1.2; }
`;
