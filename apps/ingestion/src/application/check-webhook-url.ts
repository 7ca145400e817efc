import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { isPublicAddress } from '@advocate/service';

const maxLength = 2048;
/** A name that is not resolved by then may be any; the address is looked at again whenever something is sent there. */
const lookupMs = 3000;

/**
 * What is wrong with the address of a webhook; undefined when nothing is. An address inside a private network, or of the computer itself, is wrong unless such
 * addresses are allowed. A name that cannot be resolved is not.
 */
export async function webhookUrlProblem(text: string, allowPrivate: boolean): Promise<string | undefined> {
  if (text === '') return 'The url is missing: where are the events to be sent?';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    return `'${text}' is no address: it must look like https://example.com/hook.`;
  if (url.username !== '' || url.password !== '') {
    return 'The url holds a user or password, which others may see. Leave it out; the receiver knows what is sent by its signature.';
  }
  if (text.length > maxLength) return `The url is longer than ${maxLength} characters.`;
  if (allowPrivate) return undefined;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const inside = (await addressesOf(host)).find((address) => !isPublicAddress(address));
  if (inside === undefined) return undefined;
  const where = inside === host ? host : `${host}, which is ${inside},`;
  return `${where} is inside a private network. Only addresses of the internet are taken, unless the service runs with ADVOCATE_WEBHOOK_ALLOW_PRIVATE=true.`;
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const found = lookup(host, { all: true }).catch(() => []);
  const entries = await Promise.race([found, pause(lookupMs, [], { ref: false })]);
  return entries.map(({ address }) => address);
}
