import type { User } from './account.ts';

/** Whom a search is for: the users with an id, in whichever accounts, or with an e-mail address, in any letter case. */
export type UserSearch = { readonly id: string } | { readonly email: string };

export function isFound(user: User, search: UserSearch): boolean {
  if ('id' in search) return user.id === search.id;
  return user.email !== undefined && lowerCase(user.email) === lowerCase(search.email);
}

/**
 * Texts that stand in the JSON of everybody whom a search finds, in this order, but for the case of the letters A to Z: so a database can tell in its own way who
 * need not be looked at.
 */
export function textsOf(search: UserSearch): readonly string[] {
  if ('id' in search) return [asValue(search.id)];
  return asValue(search.email)
    .split(/[^\0-\x7f]+/)
    .filter((text) => text !== '');
}

/** A text as JSON has it in a member. It begins with the colon, as quotes are so many that a database takes twice the time to look for one. */
const asValue = (text: string): string => `:${JSON.stringify(text)}`;

/** Leaves the two letters alone whose small form has an ASCII letter in it: the dotted I and the Kelvin sign. */
const lowerCase = (text: string): string => text.replaceAll(/[^\u0130\u212a]+/g, (letters) => letters.toLowerCase());
