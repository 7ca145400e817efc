import kafkajs from 'kafkajs';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
/** The fastest one; rows shrink to about a fifth all the same. */
const params = { [constants.ZSTD_c_compressionLevel]: 1 };

// The driver knows the number of this compression and leaves it to its user. All clients of the process share the table.
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }: { readonly buffer: Buffer }) => compress(buffer, { params }),
  decompress: (buffer: Buffer) => decompress(buffer),
});
