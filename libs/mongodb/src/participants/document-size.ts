import type { Account } from '@advocate/domain';
import { BSON } from 'mongodb';
import { accountContent, accountDocument } from './protocol/account-document.ts';

/** MongoDB keeps documents of 16 MB; the rest is for what comes with them in a message. */
const maxBytes = 16 * 1024 * 1024 - 64 * 1024;

/** Whether an account fits in one document. */
export function fitsInDocument(account: Account): boolean {
  const content = accountContent(account);
  // A unit of a text has three bytes at most.
  return 3 * content.users.length < maxBytes || BSON.calculateObjectSize(accountDocument(account.id, '', content)) < maxBytes;
}
