import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DataFolderInUseError, lockDataFolder } from './lock-data-folder.ts';

async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'data-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

async function holdInOtherProcess(dir: string): Promise<ChildProcess> {
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'hold-data-folder.fixture.ts'), dir], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  return holder;
}

test('refuses a folder that another process holds, says which one, and takes it once that process is killed', async () => {
  const dir = await temporaryFolder();
  const holder = await holdInOtherProcess(dir);
  const refused: DataFolderInUseError = await lockDataFolder(dir).then(
    () => expect.unreachable(),
    (error) => error,
  );
  expect(refused).toBeInstanceOf(DataFolderInUseError);
  expect(refused.owner?.pid).toBe(holder.pid);
  expect(Math.abs(Date.now() - Date.parse(refused.owner?.since ?? ''))).toBeLessThan(60_000);
  expect(refused.message).toBe(
    `The data folder ${dir} is in use by process ${holder.pid} since ${refused.owner?.since}; stop it, or talk to it with --server.`,
  );
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await using _lock = await lockDataFolder(dir);
  expect(JSON.parse(await readFile(join(dir, 'owner.json'), 'utf8'))).toMatchObject({ pid: process.pid });
});

test('refuses a folder that this process holds, until it is disposed', async () => {
  const dir = await temporaryFolder();
  const lock = await lockDataFolder(dir);
  await expect(lockDataFolder(dir)).rejects.toThrow(`in use by process ${process.pid} since`);
  await expect(lockDataFolder(dir), 'after a refusal').rejects.toThrow(DataFolderInUseError);
  await lock[Symbol.asyncDispose]();
  expect(existsSync(join(dir, 'owner.json'))).toBe(false);
  await using _again = await lockDataFolder(dir);
  await lock[Symbol.asyncDispose]();
  await expect(lockDataFolder(dir), 'after the first lock was disposed twice').rejects.toThrow(DataFolderInUseError);
});

test('keeps the folder from other processes after it refused one of its own', async () => {
  const dir = await temporaryFolder();
  await using _lock = await lockDataFolder(dir);
  await expect(lockDataFolder(dir)).rejects.toThrow(DataFolderInUseError);
  const other = spawn(process.execPath, [join(import.meta.dirname, 'hold-data-folder.fixture.ts'), dir], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void other.kill('SIGKILL'));
  const [output, [code]] = await Promise.all([Array.fromAsync(other.stderr), once(other, 'exit')]);
  expect(code).toBe(1);
  expect(Buffer.concat(output).toString()).toContain(`is in use by process ${process.pid} since`);
});

test('creates the folder', async () => {
  const dir = join(await temporaryFolder(), 'new', 'folder');
  await using _lock = await lockDataFolder(dir);
  await expect(lockDataFolder(dir)).rejects.toThrow(DataFolderInUseError);
});

test('names no process while the holder has not said who it is', async () => {
  const dir = await temporaryFolder();
  await using _lock = await lockDataFolder(dir);
  await rm(join(dir, 'owner.json'));
  await expect(lockDataFolder(dir)).rejects.toThrow(`The data folder ${dir} is in use by another process; stop it`);
});
