import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Suite } from './testing/start-suite.ts';
import { startSuite } from './testing/start-suite.ts';
import { parent, refusal } from './testing/suite-client.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite[Symbol.asyncDispose]());

const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154', 'hex');
const zip = Buffer.from('504b03041400000008000000210000000000000000000000000000000000', 'hex');
const utf16 = (text: string, isBigEndian: boolean): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
};
const image = 'The file is neither CSV nor JSONL. It is an image; upload the table that it shows, as CSV (UTF-8) or JSONL.';
const notUtf8 = 'is not UTF-8 text, so the file is neither CSV nor JSONL. Save it as CSV (UTF-8) or JSONL.';

describe('a file that cannot be read is refused with where and what to do', () => {
  test.each<[what: string, content: string | Buffer, filename: string, message: string]>([
    ['has no bytes', '', 'a.csv', 'The file is empty (0 bytes).'],
    ['has a header only', 'accountId,id\n', 'a.csv', 'The file has a header but no rows. Add a row for each participant below the header.'],
    ['has blank lines only', '\n \n\n', 'a.csv', 'The file has no header; its first row must name the columns, such as accountId,id.'],
    ['has blank lines only', '\n \n\n', 'a.jsonl', 'The file has no rows. Add a line with a JSON object for each participant.'],
    [
      'lacks the id column',
      'accountId,name\na,u\n',
      'a.csv',
      "The header (the first line of the file) has no column 'id'; add it, every row needs one.",
    ],
    [
      'lacks the accountId column',
      'id\nu\n',
      'a.csv',
      "The header (the first line of the file) has no column 'accountId'; add it, every row needs one.",
    ],
    [
      'spells accountId in another way',
      'accountid,id\na,u\n',
      'a.csv',
      "The header (the first line of the file) has no column 'accountId'. Column 'accountid' is not known; write 'accountId'.",
    ],
    [
      'has a column twice',
      'accountId,id,email,email\na,u,,\n',
      'a.csv',
      "The header has column 'email' twice, in places 3 and 4; remove or rename one of them.",
    ],
    [
      'has a column under both its names',
      'accountId,id,shareLinks.p,sharelinks.p\na,u,,\n',
      'a.csv',
      "Columns 'shareLinks.p' (place 3) and 'sharelinks.p' (place 4) are the same; remove one of them.",
    ],
    [
      'has semicolons',
      'accountId;id\na;u\n',
      'a.csv',
      "The header is one column, 'accountId;id'; separate columns with commas, not with semicolons.",
    ],
    [
      'has an unclosed quote in its header',
      'accountId,"id\na,u\n',
      'a.csv',
      'The header (line 1), column 2, has a quote that is never closed.',
    ],
    ['is binary', Buffer.from([1, 2, 0xff, 0, 3]), 'a.csv', `The header (line 1) ${notUtf8}`],
    ['is an image', png, 'a.csv', image],
    ['is an image under the name of a JSONL file', png, 'a.jsonl', image],
    ['is a PDF', '%PDF-1.7\n', 'a.csv', image.replace('an image', 'a PDF')],
    [
      'is a ZIP archive',
      zip,
      'a.csv',
      'The file is neither CSV nor JSONL. It looks like an Excel workbook or a ZIP archive; save the sheet as CSV (UTF-8), then upload that.',
    ],
    [
      'is compressed',
      gzipSync('accountId,id\na,u\n'),
      'a.jsonl',
      'The file is neither CSV nor JSONL. It is compressed with gzip; unpack it, then upload that.',
    ],
  ])('%s (%#)', async (_, content, filename, message) => {
    expect(await refusal(suite.client.start(content, { filename }))).toEqual({ code: 'INVALID_ARGUMENT', message });
  });

  test('is not there', async () => {
    const unknown = 'imports/default/nothing_0123456789abcdef01234567.csv';
    expect(await refusal(suite.client.create(unknown))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: `There is no uploaded file ${unknown}. Upload it first, and give the file_ref that UploadFile answered.`,
    });
    for (const fileRef of [
      '',
      'imports/other/nothing_0123456789abcdef01234567.csv',
      '/etc/passwd',
      'imports/default/..',
      'imports/default/a b.csv',
    ]) {
      expect(await refusal(suite.client.create(fileRef))).toEqual({
        code: 'INVALID_ARGUMENT',
        message: `file_ref is '${fileRef}', but must be what UploadFile answered for tenant default.`,
      });
    }
  });

  test('names segments that nobody made, or options of the other type', async () => {
    const { fileRef } = await suite.client.upload('accountId,id\na,u\n');
    expect(await refusal(suite.client.create(fileRef, { params: { segments: ['~*', 'missing'] } }))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'There is no segment missing. Make it first: advocate segments create missing',
    });
    expect(await refusal(suite.client.create(fileRef, { params: { segments: ['no good'] } }))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: "'no good' is no segment operation: write key, ~key or ~*.",
    });
    expect(await refusal(suite.client.create(fileRef, { params: { doNotTrack: true } }))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'do_not_track is an option of deletions only.',
    });
    expect(await refusal(suite.client.create(fileRef, { type: 'USER_DELETIONS', params: { programId: 'p' } }))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'program_id is an option of users only.',
    });
    await suite.client.createSegments('missing');
    expect(await suite.client.ended((await suite.client.create(fileRef, { params: { segments: ['missing'] } })).name)).toMatchObject({
      stats: { created: 1 },
    });
  });
});

describe('a row that cannot be read fails alone, and the others are applied', () => {
  const header = 'recordNumber,message,apiErrorCode,statusCode';
  const tooLong = 'x'.repeat(256);

  test.each<[what: string, content: string | Buffer, errors: readonly string[], created: number]>([
    [
      'an unclosed quote at the end',
      'accountId,id,email\nq1,u1,\nq1,u2,"u@example.com\nq1,u3,\n',
      [
        '3,"The quote that opens in line 3 is never closed, so the rest of the file was read as one row; close it and send the rows from there again",BAD_REQUEST,400',
      ],
      1,
    ],
    [
      'text after a quote',
      'accountId,id\nq2,"u"1\nq2,u2\n',
      ['2,Text follows the closing quote of column 2; a quote inside a quoted cell is written twice,BAD_REQUEST,400'],
      1,
    ],
    [
      'too many cells',
      'accountId,id\nq3,u1,more\nq3,u2\nq3\n',
      [
        '2,The row has 3 cells but the header has 2 columns; put quotes around a cell that has a comma in it,BAD_REQUEST,400',
        '4,This request requires a valid non-empty id,BAD_REQUEST,400',
      ],
      1,
    ],
    ['a NUL byte', 'accountId,id\nq4,u\u00001\nq4,u2\n', ['2,The row has a NUL character: byte 5 of the row,BAD_REQUEST,400'], 1],
    [
      'invalid UTF-8',
      Buffer.from('accountId,id,firstName,referralCodes.default\nq5,u1,Z\xeb,ZOE\nq5,u2,Zo,ZOE\n', 'latin1'),
      ['2,The row is not valid UTF-8: byte 8 of the row is 0xeb,BAD_REQUEST,400'],
      1,
    ],
    [
      'a blank id',
      'accountId,id\nq6,   \n,u\nq6,u\n',
      [
        '2,This request requires a valid non-empty id,BAD_REQUEST,400',
        '3,This request requires a valid non-empty accountId,BAD_REQUEST,400',
      ],
      1,
    ],
    [
      'a long id, and one with a control character',
      `accountId,id\nq7,${tooLong}\nq7,u\t1\nq7,${tooLong.slice(1)}\n`,
      [
        '2,The provided id field is invalid: it has more than 255 characters,BAD_REQUEST,400',
        '3,The provided id field is invalid: it has a control character,BAD_REQUEST,400',
      ],
      1,
    ],
    [
      'a code given twice',
      'accountId,id,referralCodes.default\nq8,u1,TWICE\nq9,u1,x1\nq9,u2,twice\nq8,u1,TWICE\n',
      ['4,The referral code twice is given to another user in record 2 of the file,CONFLICT,409'],
      2,
    ],
    [
      'a code of nobody, and one of somebody else',
      'accountId,id,referredBy.code,referralCodes.default\nq10,u1,NOBODY,\nq10,u2,TWICE,\nq10,u3,,TWICE\n',
      ['2,No referral code found for the provided code,NOT_FOUND,404', '4,The referral code TWICE belongs to another user,CONFLICT,409'],
      1,
    ],
  ])('%s', async (_, content, errors, created) => {
    const outcome = await suite.importFile(content);
    expect(outcome.job).toMatchObject({ status: 'COMPLETED', stats: { created, errors: errors.length } });
    expect(outcome.errors).toBe(`${[header, ...errors].join('\n')}\n`);
  });

  test('lines that are not JSON, or not an object', async () => {
    const lines = [
      '{"accountId":"j","id":"u1"}',
      '{"accountId":"j","id":"u2"',
      '["j","u3"]',
      'null',
      '"text"',
      '',
      '{"accountId":"j","id":7}',
      '{"accountId":"j","id":"u4"}',
    ];
    const { job, errors } = await suite.importFile(`${lines.join('\n')}\n`, { filename: 'a.jsonl' });
    expect(job).toMatchObject({ status: 'COMPLETED', stats: { recordsTotal: 7, created: 2, errors: 5 } });
    const told = (errors ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { recordNumber: number; message: string });
    expect(told.map(({ recordNumber, message }) => [recordNumber, message])).toEqual([
      [2, expect.stringMatching(/^The line is not valid JSON: /)],
      [3, 'The line is not a JSON object'],
      [4, 'The line is not a JSON object'],
      [5, 'The line is not a JSON object'],
      [7, 'This request requires a valid non-empty id'],
    ]);
  });

  test('the 1,001st user of an account', async () => {
    const rows = Array.from({ length: 1_001 }, (_, index) => `full,u${index}`).join('\n');
    const { job, errors } = await suite.importFile(`accountId,id\n${rows}\nfull,u0\n`);
    expect(job).toMatchObject({ stats: { created: 1_000, unchanged: 1, errors: 1 } });
    expect(errors).toBe(
      `${header}\n1002,Unable create user on account. The account_id full already has reached the maximum number of users per account. (limit 1000 users per account_id),BAD_REQUEST,400\n`,
    );
    const { account } = await suite.client.ask('getAccount', { name: `${parent}/accounts/full` });
    expect(account?.participants).toHaveLength(1_000);
  });

  test('a cell of 10 MB, with memory as flat as for small rows', async () => {
    const huge = Buffer.concat([
      Buffer.from('accountId,id,firstName\nbig,u1,'),
      Buffer.alloc(10_000_000, 'x'),
      Buffer.from('\nbig,u2,Bo\n'),
    ]);
    const { fileRef } = await suite.client.upload(huge);
    const before = process.memoryUsage().arrayBuffers;
    let highest = 0;
    const watch = setInterval(() => (highest = Math.max(highest, process.memoryUsage().arrayBuffers)), 5);
    const { job, errors } = await suite.client.outcome((await suite.client.create(fileRef)).name);
    clearInterval(watch);
    expect(job).toMatchObject({ status: 'COMPLETED', stats: { created: 1, errors: 1 } });
    expect(errors).toBe(`${header}\n2,"The row is 10,000,007 bytes long; the limit is 1,048,576",BAD_REQUEST,400\n`);
    expect(highest - before).toBeLessThan(100_000_000);
  });

  test('nothing else: a row after megabytes of blank lines is read, also where two blocks of the file meet in it', async () => {
    const blankLines = 7 * 262_144 - 12;
    const { job, errors } = await suite.importFile(`accountId,id\nblank,u1\n${'\n'.repeat(blankLines)}blank,u2\n,u3\n`);
    expect(job).toMatchObject({ stats: { recordsTotal: 3, created: 2, errors: 1 } });
    expect(errors).toBe(`${header}\n${blankLines + 4},This request requires a valid non-empty accountId,BAD_REQUEST,400\n`);
  });
});

describe('a file of another encoding', () => {
  test.each([
    ['UTF-16 LE', utf16('accountId,id,firstName\nle,u1,Zoë\nle,,Bo\n', false), 'le'],
    ['UTF-16 BE', utf16('accountId,id,firstName\nbe,u1,Zoë\nbe,,Bo\n', true), 'be'],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeffaccountId,id,firstName\nbom,u1,Zoë\nbom,,Bo\n'), 'bom'],
  ])('%s is read as it is meant, and given back as it came', async (_, content, accountId) => {
    const { job, results, errors } = await suite.importFile(content);
    expect(job).toMatchObject({ status: 'COMPLETED', stats: { created: 1, errors: 1, recordsTotal: 2 } });
    expect(results?.split('\n')[1]).toMatch(new RegExp(`^u1,${accountId},,Zoë,`));
    expect(errors).toContain('3,This request requires a valid non-empty id');
    expect((await suite.client.download(job.name, 'SOURCE')).content.equals(content)).toBe(true);
  });
});

test.runIf(process.platform === 'linux')('no file stays open, however its job was refused', () => {
  const open = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  expect(open.filter((path) => path.startsWith(join(suite.dataDir, 'files')))).toEqual([]);
});
