import { isUtf8 } from 'node:buffer';
import { expect, it } from 'vitest';
import { firstInvalidUtf8 } from './first-invalid-utf8.ts';
import { createRandom } from './test-support.ts';

it('finds nothing in valid UTF-8', () => {
  expect(firstInvalidUtf8(Buffer.from(''))).toBe(-1);
  expect(firstInvalidUtf8(Buffer.from('aé名😀\u{10ffff}\ufffd\ufeff\0'))).toBe(-1);
});

it.each([
  ['a byte that begins nothing', [0xff], 0],
  ['a continuation byte alone', [0x61, 0x80], 1],
  ['a sequence cut off by the end', [0x61, 0xf0, 0x9f, 0x98], 1],
  ['a sequence cut off by text', [0xc3, 0xa4, 0xe5, 0x90, 0x2c], 2],
  ['an overlong form', [0x61, 0xc0, 0xaf], 1],
  ['a surrogate', [0x61, 0x61, 0xed, 0xa0, 0x80], 2],
  ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80], 0],
])('finds %s', (_, bytes, offset) => {
  expect(firstInvalidUtf8(Uint8Array.from(bytes))).toBe(offset);
});

it('ends the longest valid prefix of random bytes', () => {
  const random = createRandom(1);
  const notable = [
    0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xef, 0xf0, 0xf3, 0xf4, 0xf5,
  ];
  for (let run = 0; run < 20_000; run++) {
    const valid = Buffer.from('aé名😀'.slice(0, random(6)));
    const bytes = Buffer.concat([valid, Buffer.from(Array.from({ length: random(5) }, () => notable[random(notable.length)]!))]);
    let longest = bytes.length;
    while (!isUtf8(bytes.subarray(0, longest))) longest--;
    expect(firstInvalidUtf8(bytes), bytes.toString('hex')).toBe(longest === bytes.length ? -1 : longest);
  }
});
