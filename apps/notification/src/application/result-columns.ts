import { hash } from 'node:crypto';
import type { DeletedRow, ResultRow } from '@advocate/domain';
import { linkPrefixes, shareLink } from '@advocate/domain';

/** One cell; null is an empty one. */
export type Cell = string | number | boolean | null;

/** The columns of the product's user details report, with the group of main links. Custom fields follow. */
export const userColumns = [
  ...['id', 'accountId', 'email', 'firstName', 'lastName', 'referralCode', 'imageUrl', 'firstSeenIP', 'lastSeenIP', 'dateCreated'],
  ...['dateUsTaxFormSubmitted', 'emailHash', 'referralSource', 'locale', 'countryCode'],
  ...['shareLink', 'facebookShareLink', 'twitterShareLink', 'emailShareLink', 'linkedinShareLink', 'cleanShareLink'],
] as const;

export const deletionColumns = ['accountId', 'id'] as const;
export const errorColumns = ['recordNumber', 'message', 'apiErrorCode', 'statusCode'] as const;

/** A result row's cells in the order of {@link userColumns}, then its custom fields in the order asked for. */
export function userCells(row: ResultRow, customFields: readonly string[]): Cell[] {
  const [
    id,
    accountId,
    email,
    firstName,
    lastName,
    code,
    imageUrl,
    dateCreated,
    dateUsTaxFormSubmitted,
    locale,
    countryCode,
    link,
    custom,
  ] = row;
  const linkBy = (prefix: string): string | null => (code === null ? null : shareLink(prefix, code, link));
  const share = linkBy(linkPrefixes.share);
  const cells: Cell[] = [id, accountId, email, firstName, lastName, code, imageUrl, null, null, dateCreated];
  cells.push(dateUsTaxFormSubmitted, email === null ? null : emailHash(email), 'UNKNOWN', locale, countryCode);
  cells.push(share, linkBy(linkPrefixes.facebook), linkBy(linkPrefixes.twitter), linkBy(linkPrefixes.email));
  cells.push(linkBy(linkPrefixes.linkedin), share);
  for (const name of customFields) cells.push(custom !== null && Object.hasOwn(custom, name) ? (custom[name] ?? null) : null);
  return cells;
}

export const deletionCells = (row: DeletedRow): Cell[] => [...row];

/** Hex MD5 of the address, lower case and trimmed, as the product's reports have it. */
const emailHash = (email: string): string => hash('md5', email.trim().toLowerCase());
