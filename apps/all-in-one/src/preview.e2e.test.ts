import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PreviewImportRequest } from '@advocate/contracts';
import type { PreviewImportResponse } from '@advocate/contracts';
import { dumpStore } from './testing/dump-store.ts';
import type { Suite } from './testing/start-suite.ts';
import { startSuite } from './testing/start-suite.ts';
import { parent, refusal } from './testing/suite-client.ts';

async function preview(
  { client }: Suite,
  content: string | Uint8Array,
  { filename = 'upload.csv', type = 'USERS' }: { readonly filename?: string; readonly type?: 'USERS' | 'USER_DELETIONS' } = {},
): Promise<PreviewImportResponse> {
  const { fileRef } = await client.upload(content, filename);
  return client.ask('previewImport', PreviewImportRequest.fromPartial({ parent, type, fileRef }));
}

const column = (name: string, kind: PreviewImportResponse['columns'][number]['kind'], suggestion = '') => ({ name, kind, suggestion });

describe('a preview', () => {
  test('of a CSV file shows its columns as they were understood, its first rows with what is wrong with them, and how many there are', async () => {
    const rows = Array.from({ length: 24 }, (_, index) => `a${index},u${index},u${index}@example.com,gold,,x`);
    rows[1] = ',u1,,,,';
    rows[2] = 'a2,u2,"two\nlines",,,';
    rows[3] = 'a3,"u3,,,';
    rows[11] = 'not shown';
    await using suite = await startSuite();
    const header = 'accountId,id,email,customFields.plan,referrable,paymentProviderId';
    const shown = await preview(suite, [header, ...rows.toSpliced(3, 1)].join('\r\n'));
    expect(shown).toMatchObject({ format: 'CSV', problems: [], recordsTotal: 23 });
    expect(shown.columns).toEqual([
      column('accountId', 'STANDARD'),
      column('id', 'STANDARD'),
      column('email', 'STANDARD'),
      column('customFields.plan', 'CUSTOM_FIELD'),
      column('referrable', 'IGNORED', 'referable'),
      column('paymentProviderId', 'IGNORED'),
    ]);
    expect(shown.warnings).toEqual(["Column 'referrable' is not known and is ignored; did you mean 'referable'?"]);
    expect(shown.rows).toHaveLength(10);
    expect(shown.rows.slice(0, 3)).toEqual([
      { recordNumber: 2, cells: ['a0', 'u0', 'u0@example.com', 'gold', '', 'x'], error: '' },
      { recordNumber: 3, cells: ['', 'u1', '', '', '', ''], error: 'This request requires a valid non-empty accountId' },
      { recordNumber: 4, cells: ['a2', 'u2', 'two\nlines', '', '', ''], error: 'The provided email field is an invalid email address.' },
    ]);
    const open = await preview(suite, `${header}\n${rows.slice(3, 6).join('\n')}`);
    expect(open.rows).toEqual([{ recordNumber: 2, cells: ['', '', '', '', '', ''], error: expect.stringContaining('is never closed') }]);
  });

  test('of a JSONL file shows the fields that its first rows have, those in objects each on its own', async () => {
    await using suite = await startSuite();
    const lines = [
      { accountId: 'a1', id: 'u1', referralCodes: { default: 'BO' }, customFields: { plan: 'gold', level: 3 } },
      { accountId: 'a2', id: 'u2', email: 'no', customFields: { plan: null }, segments: ['vip'], firstname: 'Bo' },
      { accountId: 'a3', id: 'u3', referredBy: { code: 'BO', isConverted: true }, 'customFields.plan': 'silver', paymentProviderId: 1 },
    ];
    const shown = await preview(suite, `${lines.map((line) => JSON.stringify(line)).join('\n')}\nno JSON\n`, { filename: 'users.jsonl' });
    expect(shown).toMatchObject({ format: 'JSONL', problems: [], recordsTotal: 4 });
    expect(shown.columns).toEqual([
      column('accountId', 'STANDARD'),
      column('id', 'STANDARD'),
      column('referralCodes.default', 'STANDARD'),
      column('customFields.plan', 'CUSTOM_FIELD'),
      column('customFields.level', 'CUSTOM_FIELD'),
      column('email', 'STANDARD'),
      column('segments', 'STANDARD'),
      column('firstname', 'IGNORED', 'firstName'),
      column('referredBy.code', 'STANDARD'),
      column('referredBy.isConverted', 'IGNORED'),
      column('customFields.plan', 'IGNORED', 'customFields'),
      column('paymentProviderId', 'IGNORED'),
    ]);
    expect(shown.warnings).toEqual([
      "The field 'firstname' is not known and is ignored; did you mean 'firstName'?",
      "The field 'customFields.plan' is not known and is ignored; did you mean 'customFields'?",
    ]);
    expect(shown.rows.map(({ cells }) => cells.join('|'))).toEqual([
      'a1|u1|BO|gold|3|||||||',
      'a2|u2||||no|["vip"]|Bo||||',
      'a3|u3|||||||BO|true|silver|1',
      '|||||||||||',
    ]);
    expect(shown.rows.map(({ error }) => error.slice(0, 30))).toEqual([
      '',
      'The provided email field is an',
      '',
      'The line is not valid JSON: Un',
    ]);
  });

  test('of deletions knows their columns', async () => {
    await using suite = await startSuite();
    const shown = await preview(suite, 'accountId,id,donottrack\na1,u1,true\n', { type: 'USER_DELETIONS' });
    expect(shown.columns.at(-1)).toEqual(column('donottrack', 'IGNORED', 'doNotTrack'));
    expect(shown).toMatchObject({ problems: [], recordsTotal: 1, rows: [{ error: '' }] });
  });

  test('tells the problems of a header beside the rows, instead of failing on it', async () => {
    await using suite = await startSuite();
    const shown = await preview(suite, 'accountID,id,id\na1,u1,u2\n');
    expect(shown.problems).toEqual([
      "The header has column 'id' twice, in places 2 and 3; remove or rename one of them.",
      "The header (the first line of the file) has no column 'accountId'. Column 'accountID' is not known; write 'accountId'.",
    ]);
    expect(shown.columns).toEqual([column('accountID', 'IGNORED', 'accountId'), column('id', 'STANDARD'), column('id', 'IGNORED')]);
    expect(shown).toMatchObject({ recordsTotal: 0, rows: [{ recordNumber: 2, cells: ['a1', 'u1', 'u2'], error: '' }] });
  });

  test.each<[string, Uint8Array | string, string]>([
    ['a header without rows', 'accountId,id\n', 'The file has a header but no rows. Add a row for each participant below the header.'],
    ['a workbook', Buffer.from('PK\u0003\u0004...'), 'The file is neither CSV nor JSONL. It looks like an Excel workbook or a ZIP archive'],
    ['a header that is no text', Buffer.from([0x61, 0xff, 0x0a]), 'The header (line 1) is not UTF-8 text'],
  ])('tells the problem of a file that is no table: %s', async (_, content, problem) => {
    await using suite = await startSuite();
    const shown = await preview(suite, content);
    expect(shown).toMatchObject({ format: 'FORMAT_UNSPECIFIED', columns: [], rows: [], recordsTotal: 0 });
    expect(shown.problems).toEqual([expect.stringContaining(problem)]);
  });

  test('of a file in UTF-16 leaves no copy, and no preview applies anything', async () => {
    await using suite = await startSuite();
    const shown = await preview(suite, Buffer.from('\ufeffaccountId,id,firstName\na1,u1,Zoë\n', 'utf16le'));
    expect(shown).toMatchObject({ recordsTotal: 1, rows: [{ cells: ['a1', 'u1', 'Zoë'], error: '' }] });
    const refused = await preview(suite, Buffer.from('\ufeffemail\nann@example.com\n', 'utf16le'));
    expect(refused.problems).toHaveLength(2);
    expect(readdirSync(join(suite.dataDir, 'files', 'imports', 'default'))).toHaveLength(2);
    expect(dumpStore(suite.dataDir)).toEqual([]);
  });

  test('shows at most 200 characters of a cell, so that no file makes it too large to be told', async () => {
    await using suite = await startSuite();
    const long = '🎉'.repeat(200_000);
    const shown = await preview(suite, `accountId,id,customFields.x\n${`a1,u1,${long}\n`.repeat(12)}`);
    expect(shown.rows[0]?.cells[2]).toBe('🎉'.repeat(200));
    expect(shown.rows[0]?.error).toBe('Invalid custom field: x');
  });

  test('needs an uploaded file, and a type', async () => {
    await using suite = await startSuite();
    const ask = (change: Partial<PreviewImportRequest>) => {
      const request = { parent, type: 'USERS', fileRef: 'imports/default/x.csv', ...change } as const;
      return refusal(suite.client.ask('previewImport', PreviewImportRequest.fromPartial(request)));
    };
    expect(await ask({})).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'There is no uploaded file imports/default/x.csv. Upload it first, and give the file_ref that UploadFile answered.',
    });
    expect(await ask({ fileRef: 'imports/other/x.csv' })).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await ask({ type: 'TYPE_UNSPECIFIED' })).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'The type is missing: USERS or USER_DELETIONS.',
    });
  });
});
