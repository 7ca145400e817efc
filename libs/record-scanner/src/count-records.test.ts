import { expect, test } from 'vitest';
import { countRecords } from './count-records.ts';

async function* blocksOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test.each([1, 7, 1000])('data records and bytes are counted in blocks of %i bytes', async (size) => {
  const csv = 'id,name\r\n1,"two\nlines"\r\n\r\n2,Zo\u00eb';
  expect(await countRecords(blocksOf(csv, size), 'csv')).toEqual({ records: 2, bytes: Buffer.byteLength(csv) });
  const jsonl = '{"id":1}\n\n{"id":2}\n{"id":3}\n';
  expect(await countRecords(blocksOf(jsonl, size), 'jsonl')).toEqual({ records: 3, bytes: jsonl.length });
});
