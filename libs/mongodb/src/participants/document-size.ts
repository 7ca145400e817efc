import type { Account, User } from '@advocate/domain';
import { BSON } from 'mongodb';
import { accountContent, accountDocument } from './protocol/account-document.ts';

/** MongoDB keeps documents of 16 MB; the rest is for what comes with them in a message. */
const maxBytes = 16 * 1024 * 1024 - 64 * 1024;

/** Whether an account fits in one document. */
export function fitsInDocument(account: Account): boolean {
  let bytes = 0;
  for (const user of account.users) bytes += atMost(user);
  return bytes < maxBytes || BSON.calculateObjectSize(accountDocument(account.id, '', accountContent(account))) < maxBytes;
}

/** Bytes that a user takes at most: what the many small accounts are told apart by, from the few that have to be measured. */
function atMost(user: User): number {
  let bytes = 0;
  for (const value of Object.values(user)) bytes += 64 + textBytes(value);
  return bytes;
}

function textBytes(value: unknown): number {
  // In JSON, a control character takes six.
  if (typeof value === 'string') return 6 * value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = 0;
  for (const [name, part] of Object.entries(value)) bytes += 32 + 6 * name.length + textBytes(part);
  return bytes;
}
