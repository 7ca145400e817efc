import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A path in a folder for a file that this process is about to write; no other write has it. */
export function newPartialFile(folder: string): string {
  return join(folder, `${process.pid}-${randomUUID()}`);
}

/** Removes the files that dead processes left in a folder, and none that is still being written. */
export async function removeAbandonedPartialFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const writer = Number(name.split('-')[0]);
    if (writer === process.pid ? await isOlderThanThisProcess(path) : !isAlive(writer)) await rm(path, { force: true });
  }
}

/** In a container, the process that crashed had our id more often than not. */
async function isOlderThanThisProcess(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
  return mtimeMs < Date.now() - process.uptime() * 1_000;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
