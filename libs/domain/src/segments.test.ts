import { describe, expect, test } from 'vitest';
import { applySegmentOperations, unknownSegment } from './segments.ts';

describe('applySegmentOperations', () => {
  test.each<[string, string[], string[], string[]]>([
    ['adds', ['a'], ['b'], ['a', 'b']],
    ['removes', ['a', 'b'], ['~a'], ['b']],
    ['clears', ['a', 'b'], ['~*'], []],
    ['sets, by clearing first', ['a', 'b'], ['~*', 'c'], ['c']],
    ['clears what it added before', [], ['a', '~*'], []],
    ['applies one after the other: added, then removed', [], ['a', '~a'], []],
    ['applies one after the other: removed, then added', ['a'], ['~a', 'a'], ['a']],
    ['keeps the keys sorted', ['b'], ['c', 'a'], ['a', 'b', 'c']],
    ['sorts by code unit', [], ['b', 'B', '_', '10', '9'], ['10', '9', 'B', '_', 'b']],
    ['adds once', [], ['a', 'a'], ['a']],
  ])('%s', (_, before, operations, after) => {
    expect(applySegmentOperations(before, operations)).toEqual(after);
  });

  test.each<[string, string[], string[]]>([
    ['nothing is asked', ['a'], []],
    ['the key is there', ['a', 'b'], ['a']],
    ['the key is not there', ['a'], ['~b']],
    ['there is nothing to clear', [], ['~*']],
    ['it ends as it was', ['a', 'b'], ['~*', 'b', 'a']],
  ])('answers the same array when %s', (_, before, operations) => {
    expect(applySegmentOperations(before, operations)).toBe(before);
  });

  test('leaves the given array alone', () => {
    const before = Object.freeze(['b']);
    expect(applySegmentOperations(before, ['a', '~b'])).toEqual(['a']);
  });
});

describe('unknownSegment', () => {
  const known = new Set(['a', 'b']);

  test('names the first segment that does not exist, also one to be removed', () => {
    expect(unknownSegment(['a', 'x', 'y'], known)).toBe('x');
    expect(unknownSegment(['~y', 'x'], known)).toBe('y');
  });

  test('has nothing to say about known ones and clearing', () => {
    expect(unknownSegment(['a', '~b', '~*'], known)).toBeUndefined();
    expect(unknownSegment([], known)).toBeUndefined();
  });
});
