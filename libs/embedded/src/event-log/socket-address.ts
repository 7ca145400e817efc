import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

/** Linux takes 107 bytes, macOS 103; a longer path cannot be bound. */
const longestPath = 100;

/**
 * Where the socket for a path really is: at the path itself; when that is too long for a socket, under a hash of it in a folder of the
 * temporary folder that only this user can enter; on Windows, a named pipe called by that hash.
 */
export async function socketAddress(path: string): Promise<string> {
  const absolute = resolve(path);
  const hash = createHash('sha256').update(absolute).digest('hex').slice(0, 32);
  if (process.platform === 'win32') return `\\\\.\\pipe\\advocate-bulk-${hash}`;
  return Buffer.byteLength(absolute) <= longestPath ? absolute : join(await privateFolder(), hash);
}

async function privateFolder(): Promise<string> {
  const { uid } = userInfo();
  const folder = join(tmpdir(), `advocate-bulk-${uid}`);
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  // The temporary folder is everybody's: somebody else may have made this one, to listen in.
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new Error(`The folder ${folder} must belong to this user alone; remove it, or shorten the path of the data folder`);
  }
  return folder;
}
