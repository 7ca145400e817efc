import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ClientReadableStream } from '@grpc/grpc-js';
import { read } from '@advocate/contracts';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';

/** The next bytes of a file, and in the first message its name. */
interface FileMessage {
  readonly filename: string;
  readonly data: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.csv': 'text/csv; charset=utf-8',
  '.jsonl': 'application/x-ndjson',
  '.ndjson': 'application/x-ndjson',
};

/** Headers that make a browser save a file under its name, and never show it. */
export function attachmentHeaders(filename: string): Record<string, string> {
  // RFC 6266: a plain name for old readers, and the real one as in RFC 8187.
  const plain = filename.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(filename.toWellFormed()).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return {
    'Content-Type': types[extname(filename).toLowerCase()] ?? 'application/octet-stream',
    'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
    'Cache-Control': 'no-store',
  };
}

/**
 * Sends a file at the pace of the browser, which going away cancels the call. Throws when there is no such file; when the services go away in the middle, the
 * connection breaks off, so that no half file looks like a whole one. HEAD gets the headers, and no more of the file is asked for.
 */
export async function sendFile(call: ClientReadableStream<FileMessage>, outgoing: ServerResponse): Promise<Response> {
  outgoing.once('close', () => call.cancel());
  const messages = read(call);
  const first = await messages.next();
  if (first.done) throw new Error('The services sent a file without a first message');
  outgoing.writeHead(200, attachmentHeaders(first.value.filename));
  if (outgoing.req.method === 'HEAD') {
    await messages.return();
    outgoing.end();
    return RESPONSE_ALREADY_SENT;
  }
  // A connection that breaks concerns only the one who reads, who sees it too.
  await pipeline(bytesOf(first.value, messages), outgoing).catch(() => undefined);
  return RESPONSE_ALREADY_SENT;
}

async function* bytesOf(first: FileMessage, messages: AsyncIterable<FileMessage>): AsyncGenerator<Buffer> {
  if (first.data.length > 0) yield first.data;
  for await (const { data } of messages) if (data.length > 0) yield data;
}
