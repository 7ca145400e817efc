import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { difference, type Picture, readPng, writePng } from './png.ts';

const picture = (width: number, height: number, colourAt: (pixel: number) => number): Picture => ({
  width,
  height,
  pixels: Uint32Array.from({ length: width * height }, (_, pixel) => colourAt(pixel)),
});

test('a picture of few colours is read as it was written', () => {
  const flag = picture(30, 20, (pixel) => [0xff0000, 0x00ff80, 0x0000ff][pixel % 3]!);
  expect(readPng(writePng(flag))).toEqual(flag);
});

test('of more than 256 colours the common ones stay, and the others move where nobody sees it', () => {
  const sky = picture(64, 64, (pixel) => (pixel < 1000 ? 0x123456 : pixel * 16));
  const read = readPng(writePng(sky));
  expect(new Set(read.pixels).size).toBeLessThanOrEqual(256);
  expect(read.pixels[0]).toBe(0x123456);
  expect(difference(sky, read)).toBe(0);
});

test('rows of a browser’s picture are read, however they were predicted', () => {
  const rows = [
    // As they are, from the left, from above, from both, and by Paeth: each row is 1 2 3, in all channels.
    [0, 1, 1, 1, 2, 2, 2, 3, 3, 3],
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    [2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [3, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    [4, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ];
  const { pixels } = readPng(truecolourPng(3, 5, Buffer.from(rows.flat())));
  expect([...pixels]).toEqual(rows.flatMap(() => [0x010101, 0x020202, 0x030303]));
});

test('pictures differ by the pixels that one can tell apart, and altogether when their sizes do', () => {
  const grey = picture(10, 10, () => 0x808080);
  expect(
    difference(
      grey,
      picture(10, 10, (pixel) => (pixel < 25 ? 0xffffff : 0x828282)),
    ),
  ).toBe(0.25);
  expect(
    difference(
      grey,
      picture(10, 11, () => 0x808080),
    ),
  ).toBe(1);
});

/** A PNG of filtered rows in truecolour; its checksums are left out, as nobody looks at them. */
function truecolourPng(width: number, height: number, rows: Buffer): Buffer {
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0]);
  const chunk = (name: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(name), data, Buffer.alloc(4)]);
  };
  return Buffer.concat([Buffer.alloc(8), chunk('IHDR', header), chunk('IDAT', deflateSync(rows))]);
}
