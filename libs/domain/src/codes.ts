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
 * Each further attempt, after a collision, is four characters longer; after those comes another hash each time.
 */
export function generatedCode(digest: Digest, tenant: string, programId: string, user: UserKey, attempt: number): string {
  const named = ['code', tenant, programId, user.accountId, user.id];
  if (attempt > maxCodeAttempts) named.push(String(attempt));
  const hex = digest(named.join(field));
  const units: number[] = [];
  // Two hex digits a character: the bias of 256 over 36 costs less than a tenth of a bit.
  for (let at = 0; at < 2 * (16 + 4 * Math.min(attempt, maxCodeAttempts)); at += 2) {
    units.push(codeAlphabet.charCodeAt((hexValue(hex, at) * 16 + hexValue(hex, at + 1)) % codeAlphabet.length));
  }
  return String.fromCharCode(...units);
}

/** SHA-256 gives 32 characters: a collision of these is past all chance, but codes can be foreseen and taken on purpose. */
const maxCodeAttempts = 4;

const codeAlphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function hexValue(hex: string, at: number): number {
  const unit = hex.charCodeAt(at);
  return unit < 58 ? unit - 48 : unit - 87;
}

/** The incarnation of a user that this job creates; the same in every re-run of the job, and known before the user is created. */
export function incarnationOf(digest: Digest, jobId: string, user: UserKey): string {
  return digest(`user${field}${jobId}${field}${user.accountId}${field}${user.id}`).slice(0, 24);
}

/** A referral is one per referred life and program. */
export function referralId(digest: Digest, referredIncarnation: string, programId: string): string {
  return digest(`referral${field}${referredIncarnation}${field}${programId}`).slice(0, 24);
}

/** A code or link that a user has, as given, with the key that it is found under. */
export interface HeldCode {
  readonly key: string;
  readonly programId: string;
  readonly code: string;
}

/** All codes and links of a user, the codes first. */
export function codesOf({ codes, links }: User): HeldCode[] {
  const held: HeldCode[] = [];
  for (const programId of Object.keys(codes)) {
    for (const code of codes[programId] ?? []) held.push({ key: codeKey(code), programId, code });
  }
  if (links === undefined) return held;
  for (const programId of Object.keys(links)) {
    for (const link of links[programId] ?? []) held.push({ key: linkKey(link), programId, code: link });
  }
  return held;
}

/** All keys under which a user's codes and links are found. */
export const keysOf = (user: User): string[] => codesOf(user).map(({ key }) => key);

/** Prefixes of generated links, by medium; from the product's own table of share mediums. */
export const linkPrefixes = { share: 'mz', facebook: 'mm', twitter: 'mR', email: 'mL', linkedin: 'm6' } as const;

/** A link to share: made from the code on the default domain, or the vanity link with the medium as its query. */
export function shareLink(prefix: string, code: string, vanityLink: string | null): string {
  if (vanityLink === null) return `http://ssqt.co/${prefix}${code}`;
  return vanityLink + (vanityLink.includes('?') ? '&' : '?') + prefix;
}
