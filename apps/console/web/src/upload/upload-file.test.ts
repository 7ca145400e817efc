import { expect, test } from 'vitest';
import { ApiError, serverAway } from '../api/api-error.ts';
import { type UploadMemory, uploadFile, type UploadTransport } from './upload-file.ts';

const megabyte = 1024 * 1024;
const file = new File([new Uint8Array(20 * megabyte).map((_, index) => index % 251)], 'users.csv', { lastModified: 7 });

/** A server that stores what arrives; `mishaps` says what goes wrong with which call of put. */
function setUp(mishaps: Readonly<Record<number, (stored: number) => { keep: number; error: unknown }>> = {}) {
  const uploads = new Map<string, Uint8Array[]>();
  const size = (id: string): number => uploads.get(id)!.reduce((sum, part) => sum + part.length, 0);
  const calls: string[] = [];
  const told: string[] = [];
  const remembered = new Map<string, string>();
  let puts = 0;
  const transport: UploadTransport = {
    start: async () => {
      const id = `u${uploads.size + 1}`;
      uploads.set(id, []);
      calls.push('start');
      return { id, storedBytes: 0 };
    },
    get: async (id) => {
      calls.push('get');
      if (!uploads.has(id)) throw new ApiError('No such upload.', 404);
      return { id, storedBytes: size(id) };
    },
    put: async (id, offset, blob, onSent) => {
      calls.push(`put ${offset / megabyte}`);
      if (offset !== size(id)) throw new ApiError('The upload stands elsewhere.', 400, 'OUT_OF_RANGE');
      const bytes = new Uint8Array(await blob.arrayBuffer());
      onSent(bytes.length);
      const mishap = mishaps[++puts]?.(size(id));
      uploads.get(id)!.push(bytes.subarray(0, mishap?.keep ?? bytes.length));
      if (mishap !== undefined) throw mishap.error;
      return { id, storedBytes: size(id) };
    },
    finish: async (id) => {
      calls.push('finish');
      return `file of ${id}`;
    },
  };
  const memory: UploadMemory = {
    recall: ({ name }) => remembered.get(name),
    keep: ({ name }, id) => void remembered.set(name, id),
    forget: ({ name }) => void remembered.delete(name),
  };
  const controller = new AbortController();
  const upload = () =>
    uploadFile(file, {
      transport,
      memory,
      signal: controller.signal,
      onProgress: (bytes) => told.push(`${bytes / megabyte}`),
      onInterrupted: () => told.push('interrupted'),
      wait: async (ms) => void told.push(`wait ${ms}`),
    });
  const stored = (id: string): Buffer => Buffer.concat(uploads.get(id)!);
  return { upload, calls, told, remembered, stored, controller, uploads };
}

const content = Buffer.from(await file.arrayBuffer());

test('a file goes up in parts of 8 MB', async () => {
  const { upload, calls, told, stored, remembered } = setUp();
  expect(await upload()).toBe('file of u1');
  expect(calls).toEqual(['start', 'put 0', 'put 8', 'put 16', 'finish']);
  expect(told).toEqual(['0', '8', '8', '16', '16', '20', '20']);
  expect(stored('u1').equals(content)).toBe(true);
  expect(remembered.size).toBe(0);
});

test('after an interruption the upload goes on from what was stored', async () => {
  const { upload, calls, told, stored } = setUp({ 2: () => ({ keep: 3 * megabyte, error: serverAway() }) });
  expect(await upload()).toBe('file of u1');
  expect(calls).toEqual(['start', 'put 0', 'put 8', 'get', 'put 11', 'put 19', 'finish']);
  expect(told).toContain('interrupted');
  expect(stored('u1').equals(content)).toBe(true);
});

test('a part that was stored though its answer got lost is not sent again', async () => {
  const { upload, calls, stored } = setUp({ 1: () => ({ keep: 8 * megabyte, error: serverAway() }) });
  await upload();
  expect(calls).toEqual(['start', 'put 0', 'get', 'put 8', 'put 16', 'finish']);
  expect(stored('u1').equals(content)).toBe(true);
});

test('waits grow while the server stays away, up to ten seconds', async () => {
  const away = () => ({ keep: 0, error: serverAway() });
  const { upload, told } = setUp({ 1: away, 2: away, 3: away, 4: away, 5: away, 6: away });
  await upload();
  expect(told.filter((what) => what.startsWith('wait'))).toEqual([500, 1000, 2000, 4000, 8000, 10_000].map((ms) => `wait ${ms}`));
});

test('an upload begun before goes on when the same file is selected again', async () => {
  const { upload, calls, uploads, remembered } = setUp();
  uploads.set('earlier', [content.subarray(0, 16 * megabyte)]);
  remembered.set('users.csv', 'earlier');
  expect(await upload()).toBe('file of earlier');
  expect(calls).toEqual(['get', 'put 16', 'finish']);
});

test('an upload that the server forgot begins anew', async () => {
  const { upload, calls, remembered } = setUp();
  remembered.set('users.csv', 'gone');
  expect(await upload()).toBe('file of u1');
  expect(calls.slice(0, 2)).toEqual(['get', 'start']);
});

test('a refusal ends the upload with what the server said', async () => {
  const { upload, told } = setUp({ 1: () => ({ keep: 0, error: new ApiError('The file is too large.', 400) }) });
  await expect(upload()).rejects.toThrow('The file is too large.');
  expect(told).not.toContain('interrupted');
});

test('an upload stops when it is called off', async () => {
  const { upload, controller } = setUp({
    1: () => {
      controller.abort(new Error('called off'));
      return { keep: 0, error: serverAway() };
    },
  });
  await expect(upload()).rejects.toThrow('called off');
});
