import type { ContinueUploadRequest, UploadMessage, UploadServiceServer } from '@advocate/contracts';
import { UploadServiceService } from '@advocate/contracts';
import { giveBack } from '@advocate/ports';
import type { GrpcService, Logger } from '@advocate/service';
import { checkTenant, GrpcHandlers, readResourceName, readTenant, RequestError, resourceName } from '@advocate/service';
import type { ResumableUpload, ResumableUploads, UploadKey } from '../application/resumable-uploads.ts';

/** Serves UploadService. */
export function uploadService({ uploads, logger }: { readonly uploads: ResumableUploads; readonly logger: Logger }): GrpcService {
  const handlers = new GrpcHandlers(logger);
  const implementation: UploadServiceServer = {
    startUpload: handlers.unary(async ({ parent, filename, sizeBytes }) => ({
      upload: toMessage(await uploads.start(readTenant('parent', parent), filename, sizeBytes)),
    })),

    getUpload: handlers.unary(async ({ name }) => ({ upload: toMessage(await uploads.get(readKey('name', name))) })),

    continueUpload: handlers.clientStream(async (requests: AsyncIterable<ContinueUploadRequest>) => {
      const iterator = requests[Symbol.asyncIterator]();
      const first = await iterator.next();
      const place = first.done ? undefined : first.value.part;
      if (place?.$case !== 'place') {
        const message = "The first message must be the place of the bytes: the upload's name and the offset.";
        throw new RequestError('INVALID_ARGUMENT', 'PLACE_MISSING', message);
      }
      const { name, offset } = place.value;
      return { upload: toMessage(await uploads.continue(readKey('place.name', name), offset, dataOf(iterator))) };
    }),

    finishUpload: handlers.unary(async ({ name }) => {
      const { fileRef, bytes, sha256 } = await uploads.finish(readKey('name', name));
      return { fileRef, sizeBytes: bytes, sha256 };
    }),
  };
  return { definition: UploadServiceService, implementation };
}

function toMessage({ tenant, id, filename, sizeBytes, storedBytes }: ResumableUpload): UploadMessage {
  return { name: resourceName('tenants', tenant, 'uploads', id), filename, sizeBytes, storedBytes };
}

function readKey(field: string, name: string): UploadKey {
  const [tenant = '', id = ''] = readResourceName(field, name, 'tenants', 'uploads');
  if (/^[0-9a-f]{24}$/.test(id)) return { tenant: checkTenant(tenant), id };
  throw new RequestError('NOT_FOUND', 'UPLOAD_NOT_FOUND', `There is no upload ${name}. Start one with StartUpload.`);
}

/** Each block is valid until the next one is asked for. */
async function* dataOf(iterator: AsyncIterator<ContinueUploadRequest>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const next = await iterator.next();
    if (next.done) return;
    const { part } = next.value;
    if (part?.$case !== 'data') {
      throw new RequestError('INVALID_ARGUMENT', 'DATA_EXPECTED', 'Only the first message may be a place; the others bring data.');
    }
    yield part.value;
    giveBack(part.value);
  }
}
