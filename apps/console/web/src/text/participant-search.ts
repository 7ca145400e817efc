/** What a participant is looked for by. */
export type SearchKind = 'account' | 'id' | 'email' | 'code';

export const searchKinds: Readonly<Record<SearchKind, { readonly label: string; readonly placeholder: string }>> = {
  account: { label: 'Account', placeholder: 'Account id, in full' },
  id: { label: 'User id', placeholder: 'User id, in full' },
  email: { label: 'E-mail', placeholder: 'name@example.com' },
  code: { label: 'Referral code', placeholder: 'Referral code, in any letter case' },
};

/** Reads the kind of an address; accounts when it names none. */
export const readKind = (by: string | undefined): SearchKind =>
  by !== undefined && Object.hasOwn(searchKinds, by) ? (by as SearchKind) : 'account';

/** The search as a person would say it: `the e-mail bo@example.com`. */
export const describeSearch = (kind: SearchKind, value: string): string => `the ${searchKinds[kind].label.toLowerCase()} “${value}”`;
