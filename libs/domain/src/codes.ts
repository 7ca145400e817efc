import type { User, UserKey } from './account.ts';

/** SHA-256 of a text in hex: the only source of "chance" in a decision, so that deciding again gives the same. */
export type Digest = (text: string) => string;

const field = '\u0000';

/** The key under which a referral code is unique in a tenant; codes are compared in any letter case. */
export const codeKey = (code: string): string => `code:${code.toUpperCase()}`;

/** The key under which a vanity link is unique in a tenant: host in any case, without a trailing slash. */
export function linkKey(link: string): string {
  const url = new URL(link);
  return `link:${url.host}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}

/**
 * The code that a user gets in a program when none was given: 16 capitals and digits, a hash of who it is for.
 * Each further attempt, after a collision, is four characters longer.
 */
export function generatedCode(digest: Digest, tenant: string, programId: string, user: UserKey, attempt: number): string {
  const hex = digest(['code', tenant, programId, user.accountId, user.id].join(field));
  const characters = base36(hex, 0) + base36(hex, 12) + base36(hex, 24) + base36(hex, 36);
  return characters.slice(0, 16 + 4 * Math.min(attempt, 4));
}

/** Eight characters from twelve hex digits. */
function base36(hex: string, start: number): string {
  const number = Number.parseInt(hex.slice(start, start + 12), 16) % 36 ** 8;
  return number.toString(36).padStart(8, '0').toUpperCase();
}

/** The incarnation of a user that this job creates; the same in every re-run of the job, and known before the user is created. */
export function incarnationOf(digest: Digest, jobId: string, user: UserKey): string {
  return digest(['user', jobId, user.accountId, user.id].join(field)).slice(0, 24);
}

/** A referral is one per referred life and program. */
export function referralId(digest: Digest, referredIncarnation: string, programId: string): string {
  return digest(['referral', referredIncarnation, programId].join(field)).slice(0, 24);
}

/** All keys under which a user's codes and links are found. */
export function keysOf(user: User): string[] {
  const keys: string[] = [];
  for (const codes of Object.values(user.codes)) for (const code of codes) keys.push(codeKey(code));
  for (const links of Object.values(user.links ?? {})) for (const link of links) keys.push(linkKey(link));
  return keys;
}

/** Prefixes of generated links, by medium; from the product's own table of share mediums. */
export const linkPrefixes = { share: 'mz', facebook: 'mm', twitter: 'mR', email: 'mL', linkedin: 'm6' } as const;

/** A link to share: made from the code on the default domain, or the vanity link with the medium as its query. */
export function shareLink(prefix: string, code: string, vanityLink: string | null): string {
  if (vanityLink === null) return `http://ssqt.co/${prefix}${code}`;
  return vanityLink + (vanityLink.includes('?') ? '&' : '?') + prefix;
}
