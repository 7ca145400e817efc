import { describe, expect, it } from 'vitest';
import { everySplit } from './test-support.ts';
import { utf16ToUtf8 } from './utf16-to-utf8.ts';

async function transcoded(blocks: Iterable<Uint8Array>, encoding: 'utf-16le' | 'utf-16be'): Promise<string> {
  const utf8 = [];
  for await (const block of utf16ToUtf8(blocks, encoding)) utf8.push(block);
  return Buffer.concat(utf8).toString('hex');
}

describe.each(['utf-16le', 'utf-16be'] as const)('%s', (encoding) => {
  function encoded(text: string): Buffer {
    const bytes = Buffer.from(text, 'utf16le');
    return encoding === 'utf-16le' ? bytes : bytes.swap16();
  }

  async function expectFromEverySplit(file: Buffer, expected: string): Promise<void> {
    for (const blocks of everySplit(file)) {
      expect(await transcoded(blocks, encoding), `cut at ${blocks[0]?.length}`).toBe(Buffer.from(expected).toString('hex'));
    }
  }

  it('becomes UTF-8 without its byte order mark, wherever it is cut', async () => {
    await expectFromEverySplit(encoded('\ufeffid,名\r\n"ä\n😀😀",\0\n'), 'id,名\r\n"ä\n😀😀",\0\n');
  });

  it('keeps a mark that is not at the start', async () => {
    await expectFromEverySplit(encoded('\ufeff\ufeffa\ufeff'), '\ufeffa\ufeff');
  });

  it('becomes U+FFFD where a surrogate is unpaired', async () => {
    await expectFromEverySplit(encoded('\ufeffa\ud83db\ude00c\ud83d\ud83d\ude00\ud83d'), 'a\ufffdb\ufffdc\ufffd😀\ufffd');
  });

  it('becomes U+FFFD at an odd last byte', async () => {
    await expectFromEverySplit(Buffer.concat([encoded('\ufeffab'), Buffer.from('c')]), 'ab\ufffd');
  });

  it('is nothing where there is nothing but a mark', async () => {
    await expectFromEverySplit(encoded('\ufeff'), '');
  });
});
