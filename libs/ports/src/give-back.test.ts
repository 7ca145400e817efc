import { expect, test } from 'vitest';
import { giveBack } from './give-back.ts';

const large = 1 << 16;

test('large bytes are empty once they are given back', () => {
  const bytes = Buffer.allocUnsafeSlow(large);
  giveBack(bytes);
  expect(bytes.byteLength).toBe(0);
});

test.each<[what: string, bytes: Uint8Array]>([
  ['that share their memory', new Uint8Array(large + 1).subarray(1)],
  ['that are small', Buffer.alloc(large - 1)],
  ['of shared memory', new Uint8Array(new SharedArrayBuffer(large))],
])('bytes %s stay as they are', (_, bytes) => {
  const { byteLength } = bytes;
  giveBack(bytes);
  expect(bytes.byteLength).toBe(byteLength);
});
