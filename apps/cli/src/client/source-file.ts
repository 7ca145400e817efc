import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { CommandError } from '../errors.ts';

/** A file to import. */
export interface SourceFile {
  /** What the server is told; its ending says the format. */
  readonly filename: string;
  /** Undefined when it cannot be known before the end, as with standard input. */
  readonly size: number | undefined;
  /** Opens it for reading from an offset on. What has no size is opened once, from its beginning. */
  readonly open: (start: number) => Readable;
}

const blockSize = 64 * 1024;

/** Looks a file up, or standard input for `-`. Throws a CommandError when it cannot be read. */
export async function findSourceFile(path: string, format: string | undefined): Promise<SourceFile> {
  if (path === '-') return { filename: `stdin.${format}`, size: undefined, open: () => process.stdin };
  try {
    const file = await stat(path);
    if (file.isDirectory()) throw new CommandError(`'${path}' is a folder; give a file.`);
    await access(path, constants.R_OK);
    const size = file.isFile() ? file.size : undefined;
    return { filename: basename(path), size, open: (start) => createReadStream(path, { start, highWaterMark: blockSize }) };
  } catch (error) {
    throw explained(path, error);
  }
}

function explained(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new CommandError(`There is no file '${path}'.`, { cause: error });
  if (code === 'EACCES' || code === 'EPERM') return new CommandError(`'${path}' may not be read: permission denied.`, { cause: error });
  return error;
}

/** Cuts what a stream brings into blocks of at most 256 kB. */
export async function* inBlocks(bytes: Readable): AsyncGenerator<Buffer> {
  for await (const block of bytes as AsyncIterable<Buffer>) {
    for (let start = 0; start < block.length; start += blockSize) yield block.subarray(start, start + blockSize);
  }
}
