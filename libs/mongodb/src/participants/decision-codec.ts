import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import type { AccountWrite, Decisions } from './protocol/record.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const fastest = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Decisions as zstd over JSON lines: the head, then two lines for each account, the second with its users as they are stored. */
export async function encodeDecisions({ writes, ...head }: Decisions): Promise<Uint8Array> {
  const lines = [JSON.stringify(head)];
  for (const { content, ...write } of writes) {
    const { users = '', ...rest } = content ?? {};
    lines.push(JSON.stringify({ ...write, ...(content === undefined ? {} : { content: content === null ? null : rest }) }), users);
  }
  return compress(lines.join('\n'), fastest);
}

/** Throws when the bytes are no decisions. */
export async function decodeDecisions(bytes: Uint8Array): Promise<Decisions> {
  const [head = '', ...lines] = (await decompress(bytes)).toString().split('\n');
  const writes: AccountWrite[] = [];
  for (let line = 0; line < lines.length; line += 2) {
    const { content, ...write } = JSON.parse(lines[line] ?? '') as AccountWrite;
    const users = lines[line + 1] ?? '';
    writes.push({ ...write, ...(content === undefined ? {} : { content: content === null ? null : { ...content, users } }) });
  }
  return { ...(JSON.parse(head) as Omit<Decisions, 'writes'>), writes };
}
