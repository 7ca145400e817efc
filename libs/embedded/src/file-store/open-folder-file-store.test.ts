import { fileStoreContract } from '@advocate/ports/contracts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openFolderFileStore } from './open-folder-file-store.ts';

fileStoreContract('a folder', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'files-'));
  return { files: await openFolderFileStore(dir), [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
});

async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'files-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

test('creates its folder, and finds there what was written before', async () => {
  const dir = join(await temporaryFolder(), 'new', 'folder');
  await (await openFolderFileStore(dir)).write('a/b', blocks('kept'));
  expect(await (await openFolderFileStore(dir)).stat('a/b')).toEqual({ bytes: 4 });
  expect((await readdir(dir, { recursive: true })).toSorted()).toEqual(['a', 'a/b', '~partial']);
});

test('reads in blocks of 256 kB', async () => {
  const files = await openFolderFileStore(await temporaryFolder());
  await files.write('a', blocks('x'.repeat(600_000)));
  const sizes = await Array.fromAsync(files.read('a', { start: 1 }), (block) => block.length);
  expect(sizes).toEqual([262_144, 262_144, 75_711]);
});

test('cleans up after a process that was killed while it wrote', async () => {
  const dir = await temporaryFolder();
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'write-forever.fixture.ts'), dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void writer.kill('SIGKILL'));
  await once(writer.stdout, 'data');
  await openFolderFileStore(dir);
  expect(await readdir(join(dir, '~partial')), 'while it lives').toHaveLength(1);
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  expect(await readdir(join(dir, '~partial')), 'before opening').toHaveLength(1);
  const files = await openFolderFileStore(dir);
  expect(await readdir(join(dir, '~partial'))).toEqual([]);
  expect(await files.stat('endless')).toBeUndefined();
});

test('cleans up after a process that had the id of this one, and lets this one write on', async () => {
  const dir = await temporaryFolder();
  const abandoned = join(dir, '~partial', `${process.pid}-abandoned`);
  await mkdir(join(dir, '~partial'));
  await writeFile(abandoned, 'half a fi');
  await utimes(abandoned, 1, 1);
  const files = await openFolderFileStore(dir);
  expect(await readdir(join(dir, '~partial'))).toEqual([]);
  await files.write('a', openedMeanwhile());
  expect(await files.stat('a')).toEqual({ bytes: 10 });

  async function* openedMeanwhile() {
    yield Buffer.from('first');
    await openFolderFileStore(dir);
    yield Buffer.from('other');
  }
});

test('leaves no partial file of a write that failed, and removes none of one that goes on', async () => {
  const dir = await temporaryFolder();
  const files = await openFolderFileStore(dir);
  await files.write('folder/a', expiredMeanwhile());
  expect(await files.stat('folder/a')).toEqual({ bytes: 10 });
  await expect(files.write('folder/b', broken())).rejects.toThrow('broken off');
  expect(await readdir(join(dir, '~partial'))).toEqual([]);

  async function* expiredMeanwhile() {
    yield Buffer.from('first');
    expect(await files.removeWrittenBefore('folder', Date.now() + 60_000)).toBe(0);
    yield Buffer.from('other');
  }

  async function* broken() {
    yield Buffer.from('first');
    throw new Error('broken off');
  }
});

async function* blocks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
