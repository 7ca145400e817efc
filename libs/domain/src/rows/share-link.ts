import type { RowRules } from './row-rules.ts';
import { fits } from './text.ts';

/** The product's own link domain; vanity links need another one. */
const defaultLinkDomain = 'ssqt.co';

const maxLinkLength = 2048;

// URL parsing forgives white space, backslashes and a missing or third slash; a link that is shared should not need that. After a fragment, the
// query that tells the medium would not reach the server.
const linkForm = /^https?:\/\/[^\s\\/#\p{Cc}][^\s\\#\p{Cc}]*$/iu;

/** True for an absolute http or https URL on a host where the tenant may have vanity links. */
export function isShareLink(link: string, rules: RowRules): boolean {
  if (!fits(link, maxLinkLength) || !linkForm.test(link)) return false;
  const url = URL.parse(link);
  // A user name before the host (`https://share.example.com@other.example`) makes a link look like it goes elsewhere.
  if (url?.username !== '' || url.password !== '') return false;
  const host = url.hostname.endsWith('.') ? url.hostname.slice(0, -1) : url.hostname;
  return rules.linkDomains.length === 0 ? host !== defaultLinkDomain : rules.linkDomains.some((domain) => domain.toLowerCase() === host);
}
