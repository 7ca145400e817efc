/** The value of a custom field. */
export type CustomFieldValue = string | number | boolean;

/** What a row of a users' file, or a direct upsert, asks for. It has passed validation; what is absent stays as it is. */
export interface UserUpsert {
  readonly accountId: string;
  readonly id: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
  readonly referable?: boolean;
  readonly locale?: string;
  readonly countryCode?: string;
  /** Epoch milliseconds; counts only when the row creates the user. */
  readonly dateCreated?: number;
  /** Epoch milliseconds. */
  readonly dateUsTaxFormSubmitted?: number;
  readonly imageUrl?: string;
  /** Codes of referrers: `referredBy.code` first, then `referredByCodes`. */
  readonly referredByCodes?: readonly string[];
  /** Program id to code, as given. */
  readonly referralCodes?: Readonly<Record<string, string>>;
  /** Program id to link, as given. */
  readonly shareLinks?: Readonly<Record<string, string>>;
  /** Segment operations in order: `key` adds, `~key` removes, `~*` clears. */
  readonly segments?: readonly string[];
  /** Null removes the field. */
  readonly customFields?: Readonly<Record<string, CustomFieldValue | null>>;
}

/** What a row of a deletions' file, or a direct deletion, asks for. An absent option is the job's. */
export interface UserDeletion {
  readonly accountId: string;
  readonly id: string;
  readonly preserveEmptyAccount?: boolean;
  readonly doNotTrack?: boolean;
}

/** A row with the number that people know it by. */
export interface NumberedRow<Row> {
  readonly row: Row;
  readonly recordNumber: number;
}
