import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** A picture as colours, each 0xRRGGBB, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
}

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Bytes of a pixel by colour type: truecolour, palette, truecolour with alpha. */
const pixelBytes: Readonly<Record<number, number>> = { 2: 3, 3: 1, 6: 4 };

/** Reads a PNG of 8 bits per sample that is not interlaced, such as browsers and {@link writePng} make. Opacity is left out. */
export function readPng(file: Buffer): Picture {
  const chunks = [...chunksOf(file)];
  const data = (name: string): Buffer => Buffer.concat(chunks.flatMap((chunk) => (chunk.name === name ? [chunk.data] : [])));
  const header = data('IHDR');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const size = pixelBytes[header[9] ?? 0];
  if (size === undefined || header[8] !== 8 || header[12] !== 0) throw new Error('This kind of PNG is not supported');
  const samples = unfilter(inflateSync(data('IDAT')), width * size, size);
  const palette = data('PLTE');
  const pixels = new Uint32Array(width * height);
  for (let pixel = 0; pixel < pixels.length; pixel += 1) {
    pixels[pixel] = size === 1 ? palette.readUIntBE((samples[pixel] ?? 0) * 3, 3) : samples.readUIntBE(pixel * size, 3);
  }
  return { width, height, pixels };
}

function* chunksOf(file: Buffer): Generator<{ readonly name: string; readonly data: Buffer }> {
  for (let at = signature.length; at < file.length;) {
    const length = file.readUInt32BE(at);
    yield { name: file.toString('latin1', at + 4, at + 8), data: file.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

/** Takes back how each row was predicted from the bytes to its left and above. */
function unfilter(filtered: Buffer, rowBytes: number, size: number): Buffer {
  const rows = filtered.length / (rowBytes + 1);
  const plain = Buffer.alloc(rows * rowBytes);
  for (let row = 0; row < rows; row += 1) {
    const filter = filtered[row * (rowBytes + 1)] ?? 0;
    for (let column = 0; column < rowBytes; column += 1) {
      const at = row * rowBytes + column;
      const left = column < size ? 0 : (plain[at - size] ?? 0);
      const above = plain[at - rowBytes] ?? 0;
      const corner = column < size ? 0 : (plain[at - rowBytes - size] ?? 0);
      const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0;
      plain[at] = (filtered[at + row + 1] ?? 0) + predicted;
    }
  }
  return plain;
}

function paeth(left: number, above: number, corner: number): number {
  const [toLeft, toAbove, toCorner] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** Writes a picture as a PNG with a palette. Where it has more than 256 colours, the rarer ones give way to a common one beside them. */
export function writePng({ width, height, pixels }: Picture): Buffer {
  const { palette, indexes } = toPalette(pixels);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.alloc(palette.length * 3);
  palette.forEach((colour, index) => colours.writeUIntBE(colour, index * 3, 3));
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row += 1) rows.set(indexes.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  const parts = [
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...parts]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function toPalette(pixels: Uint32Array): { readonly palette: readonly number[]; readonly indexes: Uint8Array } {
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts]
    .sort(([one, oneCount], [other, otherCount]) => otherCount - oneCount || one - other)
    .map(([colour]) => colour);
  for (let step = 1; ; step += 1) {
    const cell = (colour: number): number =>
      Math.floor((colour >> 16) / step) * 65_536 + Math.floor(((colour >> 8) & 255) / step) * 256 + Math.floor((colour & 255) / step);
    const places = new Map<number, number>();
    const palette = byCount.filter((colour) => !places.has(cell(colour)) && places.set(cell(colour), places.size));
    if (palette.length <= 256) return { palette, indexes: Uint8Array.from(pixels, (colour) => places.get(cell(colour)) ?? 0) };
  }
}

/** Which share of two pictures' pixels can be seen to differ, from 0 to 1. */
export function difference(one: Picture, other: Picture): number {
  if (one.width !== other.width || one.height !== other.height) return 1;
  const differing = one.pixels.reduce((sum, colour, index) => sum + (isNear(colour, other.pixels[index] ?? 0) ? 0 : 1), 0);
  return differing / one.pixels.length;
}

const nearEnough = 24;

const isNear = (one: number, other: number): boolean =>
  one === other || [16, 8, 0].every((shift) => Math.abs(((one >> shift) & 255) - ((other >> shift) & 255)) <= nearEnough);
