import type { FinishUploadResponse, UploadMessage } from '@advocate/contracts';
import type { UploadTransport } from '../upload/upload-file.ts';
import { readError, serverAway } from './api-error.ts';
import { changeHeaders, request, tenantPath } from './request.ts';

/** Sends a tenant's uploads to the gateway. */
export function gatewayUploads(tenant: string): UploadTransport {
  const path = (id: string, ...parts: readonly string[]): string => tenantPath(tenant, 'uploads', id, ...parts);
  return {
    start: async (filename, sizeBytes, signal) =>
      read(await request<UploadMessage>('POST', tenantPath(tenant, 'uploads'), { body: { filename, sizeBytes }, signal })),
    get: async (id, signal) => read(await request<UploadMessage>('GET', path(id), { signal })),
    put: async (id, offset, bytes, onSent, signal) => read(await putBytes(path(id) + `?offset=${offset}`, bytes, onSent, signal)),
    finish: async (id, signal) => (await request<FinishUploadResponse>('POST', path(id, 'finish'), { signal })).fileRef,
  };
}

const read = ({ name, storedBytes }: UploadMessage) => ({ id: name.slice(name.lastIndexOf('/') + 1), storedBytes });

/** By XMLHttpRequest, since fetch does not tell how much was sent. */
function putBytes(path: string, bytes: Blob, onSent: (bytes: number) => void, signal: AbortSignal): Promise<UploadMessage> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const call = new XMLHttpRequest();
    const abort = (): void => call.abort();
    signal.addEventListener('abort', abort);
    call.open('PUT', path);
    for (const [name, value] of Object.entries(changeHeaders)) call.setRequestHeader(name, value);
    call.setRequestHeader('Content-Type', 'application/octet-stream');
    call.responseType = 'json';
    call.upload.onprogress = ({ loaded }) => onSent(loaded);
    call.onload = () =>
      call.status >= 200 && call.status < 300 ? resolve(call.response as UploadMessage) : reject(readError(call.status, call.response));
    call.onerror = () => reject(serverAway());
    call.onabort = () => reject(signal.reason as Error);
    call.onloadend = () => signal.removeEventListener('abort', abort);
    call.send(bytes);
  });
}
