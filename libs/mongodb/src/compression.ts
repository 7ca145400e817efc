import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';

/** Of the bytes that come out at a time. */
const leastBlock = 1 << 10;
const largestBlock = 1 << 18;
const params = { [constants.ZSTD_c_compressionLevel]: 1 };

const toZstd = promisify<Uint8Array, { readonly chunkSize: number; readonly params: typeof params }, Buffer>(zstdCompress);
const fromZstd = promisify<Uint8Array, { readonly chunkSize: number }, Buffer>(zstdDecompress);

/**
 * Compresses bytes with zstd, fast. All that is stored in large documents is: it costs this process less than it spares the server in writing, logging and
 * compressing them itself.
 */
export const compress = (bytes: Uint8Array): Promise<Buffer> => toZstd(bytes, { chunkSize: blockFor(bytes.length), params });

/** What was compressed. Throws when the bytes are not what {@link compress} makes. */
export const decompress = (bytes: Uint8Array): Promise<Buffer> => fromZstd(bytes, { chunkSize: blockFor(4 * bytes.length) });

const blockFor = (bytes: number): number => Math.max(leastBlock, Math.min(bytes, largestBlock));
