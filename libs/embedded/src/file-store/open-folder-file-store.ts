import { FileNotFoundError, requireFileName, type FileStore, type StoredFile } from '@advocate/ports';
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { newPartialFile, removeAbandonedPartialFiles } from './partial-files.ts';

const blockBytes = 256 << 10;

/** No file name has a `~`. */
const partialFolder = '~partial';

/**
 * Opens a file store in a folder, which is created if need be, and removes what crashed writes left in it. Several threads and processes
 * may have the same folder open. Folders of names stay when they become empty.
 */
export async function openFolderFileStore(dir: string): Promise<FileStore> {
  const root = resolve(dir);
  const partials = join(root, partialFolder);
  const created = await mkdir(partials, { recursive: true });
  if (created) await syncFolders(root, dirname(created));
  await removeAbandonedPartialFiles(partials);
  return new FolderFileStore(root, partials);
}

class FolderFileStore implements FileStore {
  readonly #root: string;
  readonly #partials: string;

  constructor(root: string, partials: string) {
    this.#root = root;
    this.#partials = partials;
  }

  async write(name: string, content: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    const path = this.#path(name);
    const partial = newPartialFile(this.#partials);
    try {
      const stored = await writeSynced(partial, content);
      await mkdir(dirname(path), { recursive: true });
      await rename(partial, path);
      // Up to the root, as another writer may have created folders in between and not have synced them yet.
      await syncFolders(dirname(path), this.#root);
      return stored;
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  async *read(name: string, range: { readonly start?: number; readonly end?: number } = {}): AsyncGenerator<Uint8Array> {
    await using file = await unlessMissing(open(this.#path(name)));
    const found = await file?.stat();
    if (!file || !found?.isFile()) throw new FileNotFoundError(name);
    const end = Math.min(range.end ?? Infinity, found.size);
    const start = range.start ?? 0;
    const block = Buffer.allocUnsafe(Math.max(Math.min(blockBytes, end - start), 0));
    for (let at = start; at < end;) {
      const { bytesRead } = await file.read(block, 0, Math.min(block.length, end - at), at);
      if (bytesRead === 0) throw new Error(`The file ${name} has become shorter while it was read`);
      yield block.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  async stat(name: string): Promise<{ readonly bytes: number } | undefined> {
    const found = await unlessMissing(stat(this.#path(name)));
    return found?.isFile() ? { bytes: found.size } : undefined;
  }

  async remove(name: string): Promise<void> {
    await unlessMissing(rm(this.#path(name)));
  }

  async removeWrittenBefore(folder: string, time: number, isKept = async (_name: string): Promise<boolean> => false): Promise<number> {
    let removed = 0;
    for (const entry of (await unlessMissing(readdir(this.#path(folder), { recursive: true, withFileTypes: true }))) ?? []) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const found = await unlessMissing(stat(path));
      if (!found || found.mtimeMs >= time) continue;
      if (await isKept(relative(this.#root, path).split(sep).join('/'))) continue;
      await rm(path, { force: true });
      removed++;
    }
    return removed;
  }

  #path(name: string): string {
    requireFileName(name);
    return join(this.#root, ...name.split('/'));
  }
}

async function writeSynced(path: string, content: AsyncIterable<Uint8Array>): Promise<StoredFile> {
  await using file = await open(path, 'wx');
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const block of content) {
    hash.update(block);
    bytes += block.byteLength;
    await file.writeFile(block);
  }
  await file.sync();
  return { bytes, sha256: hash.digest('hex') };
}

/** Syncs a folder and those above it, up to one of them. */
async function syncFolders(path: string, top: string): Promise<void> {
  // Windows opens no folders, and needs no sync of them.
  if (process.platform === 'win32') return;
  await using folder = await open(path);
  await folder.sync();
  if (path !== top) await syncFolders(dirname(path), top);
}

const meansMissing = new Set(['ENOENT', 'ENOTDIR', 'ERR_FS_EISDIR']);

async function unlessMissing<T>(access: Promise<T>): Promise<T | undefined> {
  try {
    return await access;
  } catch (error) {
    if (meansMissing.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
