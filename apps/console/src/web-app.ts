import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Context, Handler } from 'hono';

/** A file of the web app, ready to be sent. */
interface WebFile {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly content: Buffer<ArrayBuffer>;
  /** Absent where it would save nothing. */
  readonly gzipped?: Buffer<ArrayBuffer>;
}

/** Files by their path, which begins with `/`; the page itself is `/index.html`. */
export type WebApp = ReadonlyMap<string, WebFile>;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
const isPacked = (type: string): boolean => /^(image\/(png|x-icon)|font)/.test(type);

/** Reads a built web app into memory: it is small, and stays whole when it is built anew. */
export async function loadWebApp(folder: string): Promise<WebApp> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && extname(entry.name) in types)
    .map(async ({ parentPath, name }): Promise<[string, WebFile]> => {
      const file = join(parentPath, name);
      const path = file.slice(folder.length).replaceAll(sep, '/');
      return [path, webFile(path, await readFile(file))];
    });
  return new Map(await Promise.all(files));
}

function webFile(path: string, content: Buffer<ArrayBuffer>): WebFile {
  const type = types[extname(path)] ?? '';
  const cacheControl =
    path === '/index.html' ? 'no-store' : path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
  const etag = `"${createHash('sha256').update(content).digest('base64url')}"`;
  return { type, etag, cacheControl, content, ...(isPacked(type) ? {} : { gzipped: gzipSync(content, { level: 9 }) }) };
}

/** Serves the files, and the page for each path that is a place in the app. */
export function webAppHandler(app: WebApp): Handler {
  return (c) => {
    const file = app.get(c.req.path) ?? (isPlace(c) ? app.get('/index.html') : undefined);
    if (app.size === 0) return c.text('The console is not built. Its log says what to do; the API and links to files work without.', 503);
    return file === undefined ? c.text('There is no such file.', 404) : send(c, file);
  };
}

/** Places have no file's ending, unless a person goes there, as to an account whose id has a dot. */
function isPlace(c: Context): boolean {
  if (c.req.path.startsWith('/assets/')) return false;
  return extname(c.req.path) === '' || c.req.header('Accept')?.includes('text/html') === true;
}

function send(c: Context, { type, etag, cacheControl, content, gzipped }: WebFile): Response {
  c.header('ETag', etag);
  c.header('Cache-Control', cacheControl);
  c.header('Vary', 'Accept-Encoding');
  if (c.req.header('If-None-Match') === etag) return c.body(null, 304);
  c.header('Content-Type', type);
  const packed = gzipped !== undefined && /\bgzip\b/.test(c.req.header('Accept-Encoding') ?? '');
  if (!packed) return c.body(content);
  c.header('Content-Encoding', 'gzip');
  return c.body(gzipped);
}
