import { renameSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { holdWrites } from './testing/hold-writes.ts';
import type { Suite } from './testing/start-suite.ts';
import { startSuite } from './testing/start-suite.ts';
import type { JobOptions } from './testing/suite-client.ts';
import { refusal } from './testing/suite-client.ts';

/** Runs an import, and answers its failed rows. */
async function failedRowsOf({ client, importFile }: Suite, content: string | Uint8Array, options?: JobOptions) {
  const { job } = await importFile(content, options);
  const { filename, content: rows } = await client.download(job.name, 'FAILED_ROWS');
  return { job, filename, rows };
}

const byteOrderMark = '\ufeff';

describe('failed rows', () => {
  test.each<[what: string, filename: string, content: string, failed: string, corrections: readonly [RegExp, string][]]>([
    [
      'quotes, line breaks in cells and line ends of every kind',
      'users.csv',
      'accountId,id,email,firstName\r\na1,u1,,Bo\r\n"a2",u2,nobody,"two\r\nlines, ""quoted"""\r\n\r\na3,u3,ed@example.com,\na4,,,"x"\na5,u5,nobody,Ünal\ra6,u6,,\r\na7,,,Zoë',
      'accountId,id,email,firstName\r\n"a2",u2,nobody,"two\r\nlines, ""quoted"""\r\na4,,,"x"\na5,u5,nobody,Ünal\ra7,,,Zoë',
      [
        [/nobody/g, 'somebody@example.com'],
        [/(a\d),,/g, '$1,u,'],
      ],
    ],
    [
      'a byte order mark, and blank lines around the header',
      'users.csv',
      `${byteOrderMark}\r\n"accountId","id"\r\n\r\na1,u1\r\na2,\r\n`,
      `${byteOrderMark}\r\n"accountId","id"\r\n\r\na2,\r\n`,
      [[/a2,/, 'a2,u2']],
    ],
    [
      'JSONL lines, also those that are no JSON',
      'users.jsonl',
      '{"accountId":"a1","id":"u1"}\n\n{ "id" : "u2" }\n{"accountId":"a3","id":"u3","email":"x"}\r\nnot JSON\n{"accountId":"a4","id":"u4"}\n',
      '{ "id" : "u2" }\n{"accountId":"a3","id":"u3","email":"x"}\r\nnot JSON\n',
      [
        [/"id" :/, '"accountId":"a2","id":'],
        [/"x"/, '"x@example.com"'],
        [/not JSON\n/, ''],
      ],
    ],
    [
      'a row whose quote is never closed',
      'users.csv',
      'accountId,id,firstName\na1,u1,Bo\na2,u2,"Li\na3,u3,Al\n',
      'accountId,id,firstName\na2,u2,"Li\na3,u3,Al\n',
      [[/"Li/, 'Li']],
    ],
  ])(
    'are the file’s own bytes below its header, and can be imported when corrected: %s',
    async (_, filename, content, failed, corrections) => {
      await using suite = await startSuite({ partitions: 3 });
      const { job, rows, ...found } = await failedRowsOf(suite, content, { filename });
      expect(found.filename).toBe(`${job.id}.failed-rows.${filename.split('.')[1]}`);
      expect(rows.toString()).toBe(failed);
      const again = await suite.importFile(rows, { filename: found.filename });
      expect(again.job.stats, 'as it is').toMatchObject({ recordsTotal: job.stats?.errors, errors: job.stats?.errors });
      const corrected = corrections.reduce((text, [wrong, right]) => text.replace(wrong, right), failed);
      const { job: last } = await suite.importFile(corrected, { filename: found.filename });
      expect(last).toMatchObject({ status: 'COMPLETED', stats: { errors: 0 } });
      expect(last.stats?.created).toBe(last.stats?.recordsTotal);
    },
  );

  test('of a file in UTF-16 come in UTF-8, which a mark tells spreadsheets', async () => {
    await using suite = await startSuite();
    const content = Buffer.from(`${byteOrderMark}accountId,id,firstName\r\na1,,Zoë\r\na2,u2,\r\n`, 'utf16le');
    const { rows } = await failedRowsOf(suite, content);
    expect(rows.toString()).toBe(`${byteOrderMark}accountId,id,firstName\r\na1,,Zoë\r\n`);
    const { job } = await suite.importFile(rows.toString().replace('a1,,', 'a1,u1,'));
    expect(job).toMatchObject({ status: 'COMPLETED', stats: { created: 1, errors: 0 } });
    const lines = await failedRowsOf(suite, Buffer.from(`${byteOrderMark}{"id":"Zoë"}\n`, 'utf16le'), { filename: 'users.jsonl' });
    expect(lines.rows.toString()).toBe('{"id":"Zoë"}\n');
  });

  test('of a deletion are its rows', async () => {
    await using suite = await startSuite();
    const { rows } = await failedRowsOf(suite, 'id,accountId\nu1,a1\n', { type: 'USER_DELETIONS' });
    expect(rows.toString()).toBe('id,accountId\nu1,a1\n');
  });

  test('come in order from anywhere in a large file, however long they are', async () => {
    await using suite = await startSuite({ partitions: 5 });
    const tooLong = `a2500,u,"${'x\r\n'.repeat(700_000)}"`;
    const lines = Array.from({ length: 60_000 }, (_, row) => (row === 2_500 ? tooLong : row % 7 === 0 ? `a${row},,"r\n"` : `a${row},u,`));
    const { job, rows } = await failedRowsOf(suite, `accountId,id,firstName\n${lines.join('\r\n')}`);
    expect(job.stats?.errors).toBe(8_573);
    const failed = lines.filter((line, row) => row === 2_500 || row % 7 === 0);
    expect(rows.equals(Buffer.from(`accountId,id,firstName\n${failed.map((line) => `${line}\r\n`).join('')}`))).toBe(true);
  });

  test('are refused while the job runs, when there are none, and when the file is gone or another one', async () => {
    await using suite = await startSuite();
    const { client } = suite;
    const held = holdWrites(suite.dataDir, 'participants.db');
    const { name, id, fileRef } = await client.start('accountId,id\na1,\na2,u2\n');
    expect(await refusal(client.download(name, 'FAILED_ROWS'))).toEqual({
      code: 'FAILED_PRECONDITION',
      message: `Job ${id} is PENDING; its failed rows can be had when it has ended.`,
    });
    held[Symbol.dispose]();
    await client.ended(name);
    const fine = await suite.importFile('accountId,id\na3,u3\n');
    expect(await refusal(client.download(fine.job.name, 'FAILED_ROWS'))).toEqual({
      code: 'NOT_FOUND',
      message: `Job ${fine.job.id} has no failed rows: no row failed.`,
    });

    const stored = join(suite.dataDir, 'files', fileRef);
    renameSync(stored, `${stored}.kept`);
    const gone = { code: 'NOT_FOUND', message: `Job ${id} has no such file any more.` };
    for (const kind of ['FAILED_ROWS', 'SOURCE'] as const) expect(await refusal(client.download(name, kind))).toEqual(gone);
    renameSync(`${stored}.kept`, stored);
    expect((await client.download(name, 'FAILED_ROWS')).content.toString()).toBe('accountId,id\na1,\n');
    truncateSync(stored, 20);
    expect(await refusal(client.download(name, 'FAILED_ROWS'))).toEqual({
      code: 'NOT_FOUND',
      message: `The file of job ${id} has 20 bytes, but 23 when the job was accepted: its failed rows cannot be told any more.`,
    });
  });
});
