import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FileNotFoundError, type FileStore } from './file-store.ts';

export interface FileStoreUnderTest extends AsyncDisposable {
  readonly files: FileStore;
}

/** The promises of {@link FileStore}. `create` answers an empty one. */
export function fileStoreContract(name: string, create: () => Promise<FileStoreUnderTest>): void {
  describe(`${name} as a file store`, { timeout: 60_000 }, () => {
    const open = async () => {
      const opened = await create();
      onTestFinished(() => opened[Symbol.asyncDispose]());
      return opened.files;
    };

    test.for([[], [0], [1], [10, 0, 5], [300_000, 1, 700_000]])('gives back what was written in blocks of %j bytes', async (sizes) => {
      const files = await open();
      const blocks = sizes.map(noise);
      const whole = Buffer.concat(blocks);
      const stored = await files.write('uploads/a.csv', streamOf(...blocks));
      expect(stored).toEqual({ bytes: whole.length, sha256: createHash('sha256').update(whole).digest('hex') });
      expect(await files.stat('uploads/a.csv')).toEqual({ bytes: whole.length });
      expect(whole.equals(await contentOf(files, 'uploads/a.csv'))).toBe(true);
    });

    test.for([
      { start: 0, end: 1 },
      { start: 5 },
      { end: 5 },
      { start: 100_000, end: 900_000 },
      { start: 262_143, end: 262_145 },
      { start: 999_999, end: 1_000_000 },
      { start: 999_000, end: 2_000_000 },
      { start: 7, end: 7 },
      { start: 7, end: 3 },
      { start: 1_000_000 },
      { start: 2_000_000, end: 3_000_000 },
    ])('reads the range %j', async (range) => {
      const files = await open();
      const whole = noise(1_000_000);
      await files.write('a', streamOf(whole));
      const expected = whole.subarray(range.start, Math.max(range.start ?? 0, range.end ?? Infinity));
      expect(expected.equals(await contentOf(files, 'a', range))).toBe(true);
    });

    test('keeps files apart whose names are alike', async () => {
      const files = await open();
      const names = ['a.csv', 'A_csv', 'a/a.csv', 'a/b/a.csv', 'a-1/..a', '.a', '-'];
      for (const name of names) await files.write(name, streamOf(Buffer.from(name)));
      for (const name of names) expect(`${await contentOf(files, name)}`).toBe(name);
    });

    test('puts a file in place of the one that is there', async () => {
      const files = await open();
      await files.write('a', streamOf(Buffer.from('the longer old one')));
      await files.write('a', streamOf(Buffer.from('new')));
      expect(`${await contentOf(files, 'a')}`).toBe('new');
      expect(await files.stat('a')).toEqual({ bytes: 3 });
    });

    test('shows nothing of a file before it is whole', async () => {
      const files = await open();
      await files.write('old', streamOf(Buffer.from('old')));
      const begun = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      async function* slow() {
        yield noise(500_000);
        begun.resolve();
        await goOn.promise;
        yield noise(1);
      }
      const writes = Promise.all([files.write('new', slow()), files.write('old', slow())]);
      await begun.promise;
      expect(await files.stat('new')).toBeUndefined();
      await expect(contentOf(files, 'new')).rejects.toThrow(FileNotFoundError);
      expect(`${await contentOf(files, 'old')}`).toBe('old');
      goOn.resolve();
      await writes;
      expect(await files.stat('new')).toEqual({ bytes: 500_001 });
      expect(await files.stat('old')).toEqual({ bytes: 500_001 });
    });

    test('leaves nothing of a file whose content throws, and lets the error out', async () => {
      const files = await open();
      await files.write('folder/old', streamOf(Buffer.from('old')));
      const failure = new Error('the upload broke off');
      for (const name of ['folder/new', 'folder/old']) {
        const broken = async function* () {
          yield noise(500_000);
          throw failure;
        };
        await expect(files.write(name, broken())).rejects.toBe(failure);
      }
      expect(await files.stat('folder/new')).toBeUndefined();
      expect(`${await contentOf(files, 'folder/old')}`).toBe('old');
      expect(await files.removeWrittenBefore('folder', Date.now() + 60_000)).toBe(1);
    });

    test('keeps one whole file of several that are written under a name at once', async () => {
      const files = await open();
      const contents = ['a', 'b', 'c'].map((letter) => Buffer.alloc(400_000, letter));
      await Promise.all(
        contents.map((content) => files.write('results/same', streamOf(content.subarray(0, 200_000), content.subarray(200_000)))),
      );
      const content = await contentOf(files, 'results/same');
      expect(contents.some((candidate) => candidate.equals(content))).toBe(true);
      expect(await files.removeWrittenBefore('results', Date.now() + 60_000)).toBe(1);
    });

    test('says that a file is not there', async () => {
      const files = await open();
      await files.write('folder/a', streamOf());
      for (const name of ['b', 'folder/b', 'folder', 'folder/a/b', 'other/a']) {
        expect(await files.stat(name), name).toBeUndefined();
        await expect(contentOf(files, name), name).rejects.toThrow(new FileNotFoundError(name));
      }
    });

    test('removes a file, once or twice, and no other', async () => {
      const files = await open();
      for (const name of ['folder/a', 'folder/b']) await files.write(name, streamOf());
      for (const name of ['folder/a', 'folder/a', 'other/a', 'folder']) await files.remove(name);
      expect(await files.stat('folder/a')).toBeUndefined();
      expect(await files.stat('folder/b')).toEqual({ bytes: 0 });
    });

    test('removes the files of a folder that were written before a time, and counts them', async () => {
      const files = await open();
      const names = ['folder/a', 'folder/b/c', 'folder/again', 'folder-2/a', 'other/a', 'folder.a'];
      for (const name of names) await files.write(name, streamOf(Buffer.from(name)));
      // Times of files may be coarse.
      const between = Date.now() + 50;
      await pause(100);
      for (const name of ['folder/again', 'folder/new']) await files.write(name, streamOf(Buffer.from(name)));
      expect(await files.removeWrittenBefore('folder', 0)).toBe(0);
      expect(await files.removeWrittenBefore('no-folder', between)).toBe(0);
      expect(await files.removeWrittenBefore('folder/b', between)).toBe(1);
      expect(await files.removeWrittenBefore('folder', between)).toBe(1);
      expect(await files.removeWrittenBefore('folder', between)).toBe(0);
      const left = await Promise.all([...names, 'folder/new'].map(async (name) => ((await files.stat(name)) === undefined ? [] : [name])));
      expect(left.flat()).toEqual(['folder/again', 'folder-2/a', 'other/a', 'folder.a', 'folder/new']);
    });

    test('keeps those of them that are asked for, and asks for no other', async () => {
      const files = await open();
      for (const name of ['folder/a', 'folder/b/c', 'other/a']) await files.write(name, streamOf());
      const asked: string[] = [];
      const isKept = async (name: string) => asked.push(name) > 0 && name === 'folder/b/c';
      expect(await files.removeWrittenBefore('folder', 0, isKept)).toBe(0);
      expect(asked).toEqual([]);
      expect(await files.removeWrittenBefore('folder', Date.now() + 60_000, isKept)).toBe(1);
      expect(asked.toSorted()).toEqual(['folder/a', 'folder/b/c']);
      expect(await Promise.all(['folder/a', 'folder/b/c'].map((name) => files.stat(name)))).toEqual([undefined, { bytes: 0 }]);
    });

    test.for(['', '.', '..', '../a', 'a/../b', 'a/./b', '/a', 'a/', 'a//b', 'a b', 'a\\b', 'C:a', 'ä', 'a\0', 'a\n', '~partial/a'])(
      'refuses the name %j',
      async (name) => {
        const files = await open();
        await expect(files.write(name, streamOf())).rejects.toThrow();
        await expect(contentOf(files, name)).rejects.not.toThrow(FileNotFoundError);
        await expect(files.stat(name)).rejects.toThrow();
        await expect(files.remove(name)).rejects.toThrow();
        await expect(files.removeWrittenBefore(name, 0)).rejects.toThrow();
      },
    );
  });
}

async function* streamOf(...blocks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* blocks;
}

async function contentOf(files: FileStore, name: string, range?: { start?: number; end?: number }): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(files.read(name, range), (block) => Buffer.from(block)));
}

/** Bytes with no period that a block size could hide behind. */
function noise(bytes: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => (i * i) >>> 7));
}
