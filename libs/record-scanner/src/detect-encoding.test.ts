import { expect, it } from 'vitest';
import { detectEncoding } from './detect-encoding.ts';

it.each([
  ['utf-8-bom', [0xef, 0xbb, 0xbf, 0x61]],
  ['utf-16le', [0xff, 0xfe, 0x61, 0x00]],
  ['utf-16be', [0xfe, 0xff, 0x00, 0x61]],
  ['utf-8', [0x61, 0x62, 0x63]],
  ['utf-8', [0xef, 0xbb, 0x61]],
  ['utf-8', [0xff]],
  ['utf-8', []],
])('tells %s from %j', (encoding, bytes) => {
  expect(detectEncoding(Uint8Array.from(bytes))).toBe(encoding);
});
