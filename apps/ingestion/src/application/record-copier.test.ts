import { expect, test } from 'vitest';
import { RecordCopier } from './record-copier.ts';

const file = 'one\r\ntwo\nthree\r\r\n\n"a\r\nb"\r\nlast';
const rangeOf = (record: string) => ({ start: file.indexOf(record), end: file.indexOf(record) + record.length });

/** Reads the file from an offset on in blocks of a size. */
function copy(records: readonly string[], blockBytes: number, offset = 0): string {
  const copier = new RecordCopier(records.map(rangeOf), offset);
  let copied = '';
  for (let at = offset; at < file.length; at += blockBytes) copied += copier.take(Buffer.from(file.slice(at, at + blockBytes))).toString();
  return copied;
}

test.each([1, 2, 3, 5, 100])('records keep the line ends that they have, however the file is cut: blocks of %i', (blockBytes) => {
  expect(copy(['one', 'two', 'three', '"a\r\nb"', 'last'], blockBytes)).toBe('one\r\ntwo\nthree\r"a\r\nb"\r\nlast');
  expect(copy(['two', 'last'], blockBytes)).toBe('two\nlast');
  expect(copy(['one', '"a\r\nb"'], blockBytes)).toBe('one\r\n"a\r\nb"\r\n');
  expect(copy(['three'], blockBytes, file.indexOf('three'))).toBe('three\r');
  expect(copy([], blockBytes)).toBe('');
});
