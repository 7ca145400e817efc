import { describe, expect, it } from 'vitest';
import { isShareLink } from './share-link.ts';

const anyHost = { linkDomains: [] };
const ownHosts = { linkDomains: ['share.example.com', 'Go.Example.org'] };
const longLink = (length: number) => `https://example.com/${'x'.repeat(length - 'https://example.com/'.length)}`;

describe('share links', () => {
  it.each([
    ['http://example.com/foobar', anyHost],
    ['https://example.com', anyHost],
    ['HTTPS://EXAMPLE.com/x?y=1', anyHost],
    ['https://example.com:8443/x', anyHost],
    ['https://bücher.example/ö', anyHost],
    [longLink(2048), anyHost],
    ['https://share.example.com/x', ownHosts],
    ['https://SHARE.example.com./x', ownHosts],
    ['https://go.example.org/x', ownHosts],
    ['https://ssqt.co/x', { linkDomains: ['ssqt.co'] }],
  ])('accepts %s', (link, rules) => {
    expect(isShareLink(link, rules)).toBe(true);
  });

  it.each([
    ['the product’s own host', 'https://ssqt.co/x', anyHost],
    ['the product’s own host in disguise', 'https://SSQT.co./x', anyHost],
    ['a host that is not the tenant’s', 'https://example.com/x', ownHosts],
    ['a host below the tenant’s', 'https://a.share.example.com/x', ownHosts],
    ['a fragment, behind which the medium would be lost', 'https://example.com/x?y=1#z', anyHost],
    ['no scheme', 'example.com/x', anyHost],
    ['another scheme', 'ftp://example.com/x', anyHost],
    ['a script', 'javascript:alert(1)', anyHost],
    ['no host', 'https://', anyHost],
    ['no slashes', 'https:example.com', anyHost],
    ['too many slashes', 'https:///example.com', anyHost],
    ['a bad host', 'https://exa%mple.com/', anyHost],
    ['a bad port', 'https://example.com:99999/', anyHost],
    ['a space', 'https://example.com/a b', anyHost],
    ['a space around', ' https://example.com/', anyHost],
    ['a line break', 'https://example.com/a\nb', anyHost],
    ['a backslash', 'https://share.example.com\\@example.com/', ownHosts],
    ['a user name', 'https://share.example.com@share.example.com/', ownHosts],
    ['a password', 'https://:secret@share.example.com/', ownHosts],
    ['too much text', longLink(2049), anyHost],
  ])('refuses a link with %s', (_, link, rules) => {
    expect(isShareLink(link, rules)).toBe(false);
  });
});
