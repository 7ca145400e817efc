import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Takes a data folder, which is created if need be, for this holder alone, until it is disposed or its process dies, however it dies.
 * Throws {@link DataFolderInUseError} when it is taken, be it by this very process.
 */
export async function lockDataFolder(dir: string): Promise<AsyncDisposable> {
  mkdirSync(dir, { recursive: true });
  const lock = lockFile(join(dir, 'lock.db'));
  const ownerPath = join(dir, 'owner.json');
  if (!lock) throw new DataFolderInUseError(dir, readOwner(ownerPath));
  writeOwner(ownerPath);
  return {
    async [Symbol.asyncDispose]() {
      if (!lock.isOpen) return;
      // Before the lock goes, as the file is the next holder's from then on.
      rmSync(ownerPath, { force: true });
      lock.close();
    },
  };
}

/** Who holds a data folder. */
export interface DataFolderOwner {
  readonly pid: number;
  /** When it took the folder, ISO 8601. */
  readonly since: string;
}

export class DataFolderInUseError extends Error {
  override readonly name = 'DataFolderInUseError';
  /** Nothing while the holder is about to say so. */
  readonly owner: DataFolderOwner | undefined;

  constructor(dir: string, owner: DataFolderOwner | undefined) {
    const holder = owner ? `process ${owner.pid} since ${owner.since}` : 'another process';
    super(`The data folder ${dir} is in use by ${holder}; stop it, or talk to it with --server.`);
    this.owner = owner;
  }
}

/**
 * Node has no file locks of its own; SQLite has, on every platform, and knows those of its own process too. The operating system drops
 * them with the process. Nothing else may open the file: on POSIX, closing any handle of it drops the lock.
 */
function lockFile(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) return undefined;
    throw error;
  }
}

const sqliteBusy = 5;

function writeOwner(path: string): void {
  const owner: DataFolderOwner = { pid: process.pid, since: new Date().toISOString() };
  // Renamed into place: whoever is refused meanwhile reads all of it.
  writeFileSync(`${path}.new`, `${JSON.stringify(owner)}\n`);
  renameSync(`${path}.new`, path);
}

function readOwner(path: string): DataFolderOwner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as DataFolderOwner;
  } catch {
    return undefined;
  }
}
