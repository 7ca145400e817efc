import { lookup } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from '@advocate/service';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether it may go to an address inside a private network, or of the computer itself. */
  readonly allowPrivate: boolean;
  /** Aborted when there is no more time for it. */
  readonly signal: AbortSignal;
}

/** More of an answer is not read. */
const maxAnswerBytes = 64 * 1024;

/**
 * Posts a body once and answers the HTTP status; throws when none comes, and never holds on for longer than the signal allows. Redirects are not followed. Which address a name has is looked at when it is connected
 * to, so a name cannot have another one by then.
 */
export async function post({ url, headers, body, allowPrivate, signal }: Post): Promise<number> {
  const { protocol, hostname } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  // An address is not looked up.
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw new PrivateAddressError(host);
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    // A connection of its own, so that every one is looked at.
    agent: false,
    signal,
    ...(allowPrivate ? {} : { lookup: lookupPublic }),
  };
  const answered = Promise.withResolvers<IncomingMessage>();
  const request = protocol === 'https:' ? https.request(url, options) : http.request(url, options);
  request.on('response', answered.resolve);
  request.on('error', answered.reject);
  request.end(body);
  const response = await answered.promise;
  await discard(response);
  return response.statusCode ?? 0;
}

/** Reads a little of an answer, which a receiver may fail without being able to give. What it fails by does not matter: the status is known. */
async function discard(response: IncomingMessage): Promise<void> {
  let left = maxAnswerBytes;
  try {
    for await (const piece of response) {
      left -= (piece as Buffer).length;
      if (left < 0) return;
    }
  } catch {
    return;
  }
}

class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
  constructor(address: string) {
    super(`The address ${address} is inside a private network; see ADVOCATE_WEBHOOK_ALLOW_PRIVATE`);
  }
}

/** Finds only addresses of the internet. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, []);
    const addresses = found.filter(({ address }) => isPublicAddress(address));
    const [first] = addresses;
    if (first === undefined) return callback(new PrivateAddressError(found[0]?.address ?? hostname), []);
    return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};
