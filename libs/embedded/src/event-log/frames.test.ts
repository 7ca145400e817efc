import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readFrames, writeFrame } from './frames.ts';

test('frames come out as they went in, however the stream is cut', async () => {
  const stream = new PassThrough();
  writeFrame(stream, { text: 'Grüße' }, []);
  writeFrame(stream, ['two parts'], [Buffer.from('ab'), Buffer.from('c')]);
  const bytes = stream.read() as Buffer;
  for (let size = 1; size <= bytes.length; size++) {
    const frames = [];
    for await (const { header, body } of readFrames(blocksOf(bytes, size))) frames.push([header, body.toString()]);
    expect(frames, `blocks of ${size}`).toEqual([
      [{ text: 'Grüße' }, ''],
      [['two parts'], 'abc'],
    ]);
  }
});

test('a frame that is broken off is left out', async () => {
  const stream = new PassThrough();
  writeFrame(stream, 'whole', []);
  writeFrame(stream, 'broken', [Buffer.from('body')]);
  const bytes = stream.read() as Buffer;
  const headers = [];
  for await (const { header } of readFrames(blocksOf(bytes.subarray(0, -1), 7))) headers.push(header);
  expect(headers).toEqual(['whole']);
});

async function* blocksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
