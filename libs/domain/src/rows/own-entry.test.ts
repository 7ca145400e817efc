import { describe, expect, it } from 'vitest';
import { setOwnEntry } from './own-entry.ts';

describe('an entry of a map', () => {
  it.each(['__proto__', 'constructor', 'plain'])('is set under %s as under any key', (key) => {
    const map: Record<string, string> = {};
    setOwnEntry(map, key, 'x');
    expect(Object.getOwnPropertyDescriptor(map, key)).toEqual({ value: 'x', writable: true, enumerable: true, configurable: true });
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
  });
});
