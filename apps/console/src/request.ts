import type { IncomingMessage } from 'node:http';
import { resourceName } from '@advocate/service';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { HttpError } from './http-error.ts';

/** What handlers find in `c.env`: Node's request and answer. */
export interface NodeEnv {
  Bindings: HttpBindings;
}

/** The name of the path's tenant, or of what the parts say below it: `nameOf(c, 'importJobs', id)`. */
export function nameOf(c: Context, ...parts: readonly string[]): string {
  return resourceName('tenants', c.req.param('tenant') ?? '', ...parts);
}

const maxJsonBytes = 64 << 10;
const jsonMs = 10_000;

/** Reads a body that is a JSON object. Throws when it is none, or has more than 64 kB; when it takes longer than 10 seconds to arrive, the connection is closed. */
export async function readJson(incoming: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const deadline = setTimeout(() => incoming.destroy(), jsonMs);
  const blocks: Buffer[] = [];
  try {
    for await (const block of upTo(incoming, maxJsonBytes)) blocks.push(block);
  } finally {
    clearTimeout(deadline);
  }
  const value = parse(Buffer.concat(blocks).toString());
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new HttpError('INVALID_ARGUMENT', 'INVALID_BODY', 'The body must be a JSON object.');
}

/** The bytes of a body, which stays open when the loop is left, so that an answer can follow. Throws when there are more than a limit. */
export async function* upTo(incoming: IncomingMessage, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const block of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += block.length;
    if (bytes > maxBytes) throw tooLarge(`The body has more than ${maxBytes} bytes.`);
    yield block;
  }
}

export function tooLarge(message: string): HttpError {
  return new HttpError('INVALID_ARGUMENT', 'TOO_LARGE', message, { status: 413 });
}

/** Reads a count in a query, 0 when absent. Throws when it is none. */
export function readCount(name: string, text = '0'): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new HttpError('INVALID_ARGUMENT', 'INVALID_COUNT', `${name} is '${text}', but must be a whole number from 0 on.`);
}

/** Reads a message out of JSON by its generated reader. Throws INVALID_ARGUMENT when it holds what the message cannot. */
export function readMessage<Message>(type: { fromJSON(value: unknown): Message }, value: object): Message {
  try {
    return type.fromJSON(value);
  } catch (error) {
    throw new HttpError('INVALID_ARGUMENT', 'INVALID_BODY', `The request cannot be read: ${(error as Error).message}.`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
