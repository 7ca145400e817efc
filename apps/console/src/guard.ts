import { isIP } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import { HttpError } from './http-error.ts';

/** What a page of the console sends with every request that changes something. Another site's page cannot, without being asked first and refused. */
const ownHeader = 'X-Advocate-Console';

/** The methods of requests that change nothing. */
const readingMethods = ['GET', 'HEAD'];

/**
 * Lets a request pass only if it names the console by a name of its own. A foreign name that was made to resolve to this machine (DNS rebinding) would
 * make a foreign page one of the console's. Addresses cannot be made to resolve, so they pass, as do loopback names.
 */
export function checkHost(names: readonly string[]): MiddlewareHandler {
  const served = new Set(['localhost', ...names.map((name) => name.toLowerCase())]);
  return async (c, next) => {
    const host = c.req.header('Host') ?? '';
    const name = hostname(host);
    if (!served.has(name) && !isIP(name) && !name.endsWith('.localhost')) {
      const remedy = 'Open it by one of its own names, or tell it this one with ADVOCATE_CONSOLE_URL.';
      throw new HttpError('PERMISSION_DENIED', 'UNKNOWN_HOST', `The console is not served under the name '${host}'. ${remedy}`);
    }
    await next();
  };
}

/** The name or address in a Host header, in lower case and without brackets; empty when there is none. */
function hostname(host: string): string {
  const [, address, name = ''] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d+)?$/i.exec(host) ?? [];
  return (address ?? name).toLowerCase();
}

/**
 * Refuses what a page of another site asks for, be it to read, to download or to change. `publicHost` is the host under which a proxy serves the console, if one
 * does. What is no browser sends none of the headers that give a page away, and is a person's own doing.
 */
export function checkSite(publicHost: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    const site = c.req.header('Sec-Fetch-Site') ?? 'none';
    const origin = c.req.header('Origin');
    const isOwn = origin === undefined || [c.req.header('Host'), publicHost].includes(URL.parse(origin)?.host ?? '');
    if ((site !== 'same-origin' && site !== 'none') || !isOwn) {
      throw new HttpError(
        'PERMISSION_DENIED',
        'OTHER_SITE',
        'Only pages of the console itself may ask for this, not those of another site.',
      );
    }
    if (!readingMethods.includes(c.req.method) && c.req.header(ownHeader) !== '1') {
      throw new HttpError('PERMISSION_DENIED', 'HEADER_MISSING', `A request that changes something needs the header '${ownHeader}: 1'.`);
    }
    await next();
  };
}
