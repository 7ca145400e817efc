import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import type { AccountWrite, Decisions } from './protocol/record.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const fastest = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Decisions as zstd over JSON lines: the head, then a line for each account. */
export async function encodeDecisions({ writes, ...head }: Decisions): Promise<Uint8Array> {
  const lines = [JSON.stringify(head)];
  for (const write of writes) lines.push(JSON.stringify(write));
  return compress(lines.join('\n'), fastest);
}

/** Throws when the bytes are no decisions. */
export async function decodeDecisions(bytes: Uint8Array): Promise<Decisions> {
  const [head = '', ...lines] = (await decompress(bytes)).toString().split('\n');
  return { ...(JSON.parse(head) as Omit<Decisions, 'writes'>), writes: lines.map((line) => JSON.parse(line) as AccountWrite) };
}
