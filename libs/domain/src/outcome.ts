import type { CustomFieldValue } from './rows/row-types.ts';
import type { RowError } from './row-error.ts';

/** What became of one row. */
export type RowOutcome =
  | { readonly kind: 'created' | 'updated' | 'unchanged'; readonly result: ResultRow }
  | { readonly kind: 'deleted'; readonly result: DeletedRow }
  | { readonly kind: 'failed'; readonly error: RowError };

export type OutcomeKind = RowOutcome['kind'];

/** `[accountId, id]` */
export type DeletedRow = readonly [string, string];

/**
 * The participant as the row left it, with what the users' result file shows, in the order
 * `[id, accountId, email, firstName, lastName, referralCode, imageUrl, dateCreated, dateUsTaxFormSubmitted, locale, countryCode, vanityLink, customFields]`.
 * The code and the link are those of the plan's first program; null stands for an empty cell.
 */
export type ResultRow = readonly [
  id: string,
  accountId: string,
  email: string | null,
  firstName: string | null,
  lastName: string | null,
  referralCode: string | null,
  imageUrl: string | null,
  dateCreated: number,
  dateUsTaxFormSubmitted: number | null,
  locale: string | null,
  countryCode: string | null,
  vanityLink: string | null,
  customFields: Readonly<Record<string, CustomFieldValue>> | null,
];
