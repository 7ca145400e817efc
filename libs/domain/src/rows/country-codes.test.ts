import { describe, expect, it } from 'vitest';
import { countryCodes } from './country-codes.ts';

describe('country codes', () => {
  it('holds the 249 codes of ISO 3166-1', () => {
    expect(countryCodes.size).toBe(249);
    expect([...countryCodes].filter((code) => !/^[A-Z]{2}$/.test(code))).toEqual([]);
  });

  it('holds only codes of which the platform knows a name', () => {
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    expect([...countryCodes].filter((code) => names.of(code) === undefined)).toEqual([]);
  });

  it.each(['UK', 'EU', 'XK', 'AN', 'SU', 'ZZ'])('leaves out %s, which is not assigned', (code) => {
    expect(countryCodes.has(code)).toBe(false);
  });
});
