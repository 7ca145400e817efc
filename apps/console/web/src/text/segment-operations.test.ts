import { expect, test } from 'vitest';
import { describeOperation, keyProblem, operationText, readOperation } from './segment-operations.ts';

test.each([
  [{ kind: 'add', key: 'vip' }, 'vip', 'Add to vip'],
  [{ kind: 'remove', key: 'trial' }, '~trial', 'Remove from trial'],
  [{ kind: 'clear', key: '' }, '~*', 'Remove from all segments'],
] as const)('%j is written %s', (operation, text, description) => {
  expect(operationText(operation)).toBe(text);
  expect(readOperation(text)).toEqual(operation);
  expect(describeOperation(operation)).toBe(description);
});

test('a key has letters, digits, underscores and hyphens', () => {
  expect(keyProblem('Vip_2-b')).toBeUndefined();
  for (const key of ['', '~*', 'a b', 'x'.repeat(65)]) expect(keyProblem(key)).toMatch(/key/);
});
