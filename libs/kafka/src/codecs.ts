import kafkajs from 'kafkajs';
import { promisify } from 'node:util';
import { constants, gunzip, gzipSync, zstdCompress, zstdDecompress } from 'node:zlib';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const unzip = promisify(gunzip);
/** The fastest one; rows shrink to about a fifth all the same. */
const params = { [constants.ZSTD_c_compressionLevel]: 1 };

interface Encoded {
  readonly buffer: Buffer;
}

const { CompressionCodecs, CompressionTypes } = kafkajs;

// The driver knows the number of this compression and leaves it to its user. All clients of the process share the table.
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }: Encoded) => compress(buffer, { params }),
  decompress: (buffer: Buffer) => decompress(buffer),
});

// Public events come in many small batches, for which a trip to another thread takes longer than the work.
CompressionCodecs[CompressionTypes.GZIP] = () => ({
  compress: async ({ buffer }: Encoded) => gzipSync(buffer, { level: constants.Z_BEST_SPEED }),
  decompress: (buffer: Buffer) => unzip(buffer),
});
