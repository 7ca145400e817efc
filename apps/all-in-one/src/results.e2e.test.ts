import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { holdWrites } from './testing/hold-writes.ts';
import { startSuite, temporaryFolder, testNow } from './testing/start-suite.ts';
import { refusal, until } from './testing/suite-client.ts';

const standardColumns =
  'id,accountId,email,firstName,lastName,referralCode,imageUrl,firstSeenIP,lastSeenIP,dateCreated,dateUsTaxFormSubmitted,emailHash,referralSource,locale,countryCode,' +
  'shareLink,facebookShareLink,twitterShareLink,emailShareLink,linkedinShareLink,cleanShareLink';
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

describe("the results of a users' job", () => {
  test("have the report's columns, then the custom fields of all rows, sorted", async () => {
    await using suite = await startSuite();
    const { job, results, errors } = await suite.importFile(
      [
        'id,accountId,email,firstName,lastName,imageUrl,dateCreated,dateUsTaxFormSubmitted,locale,countryCode,customFields.zip,customFields.City,referralCodes.default,shareLinks.default',
        'ada,acme, Ada.Lovelace@Example.COM ,Ada,Lovelace,https://example.com/ada.png,1580257434000,1580257435000,en_CA,CA,,,ADA1,',
        'bo,acme,Bo@Example.com,"Bo ""B"" X","Doe, Jr.",,,,,,10115,,BO1,https://go.example.com/bo?x=1',
        'cy,acme,,,,,,,,,,Turin,,',
      ].join('\n'),
    );
    expect(job).toMatchObject({ status: 'COMPLETED', stats: { created: 2, errors: 1 } });
    const [header, bo, cy, ...rest] = (results ?? '').split('\n');
    expect(header).toBe(`${standardColumns},customFields.City,customFields.zip`);
    const links = (separator: string, base: string) => ['mz', 'mm', 'mR', 'mL', 'm6', 'mz'].map((prefix) => `${base}${separator}${prefix}`);
    expect(bo?.split(',').slice(0, 3)).toEqual(['bo', 'acme', 'Bo@Example.com']);
    expect(bo).toBe(
      [
        ...[
          'bo',
          'acme',
          'Bo@Example.com',
          '"Bo ""B"" X"',
          '"Doe, Jr."',
          'BO1',
          '',
          '',
          '',
          String(testNow),
          '',
          md5('bo@example.com'),
          'UNKNOWN',
          '',
          '',
        ],
        ...[...links('&', 'https://go.example.com/bo?x=1'), '', '10115'],
      ].join(','),
    );
    const code = /,([0-9A-Z]{16}),/.exec(cy ?? '')?.[1] ?? '';
    expect(cy).toBe(
      [
        ...['cy', 'acme', '', '', '', code, '', '', '', String(testNow), '', '', 'UNKNOWN', '', ''],
        ...['mz', 'mm', 'mR', 'mL', 'm6', 'mz'].map((prefix) => `http://ssqt.co/${prefix}${code}`),
        ...['Turin', ''],
      ].join(','),
    );
    expect(rest).toEqual(['']);
    // A blank around an address is part of it, and no address has one.
    expect(errors).toBe(
      'recordNumber,message,apiErrorCode,statusCode\n2,The provided email field is an invalid email address.,BAD_REQUEST,400\n',
    );
  });

  test("show the fields as the row left them, dates, picture and country included, under the job's program", async () => {
    await using suite = await startSuite();
    await suite.importFile('id,accountId,firstName,customFields.plan\nada,acme,Ada,gold\n');
    const { results } = await suite.importFile(
      'id,accountId,email,imageUrl,dateUsTaxFormSubmitted,locale,countryCode,referralCodes.vip,dateCreated\nada,acme,ADA@Example.com,https://example.com/a.png,1580257435000,en_CA,CA,ADAVIP,5\n',
      { params: { programId: 'vip' } },
    );
    expect(results?.split('\n')).toEqual([
      `${standardColumns},customFields.plan`,
      [
        ...['ada', 'acme', 'ADA@Example.com', 'Ada', '', 'ADAVIP', 'https://example.com/a.png', '', '', String(testNow), '1580257435000'],
        ...[
          md5('ada@example.com'),
          'UNKNOWN',
          'en_CA',
          'CA',
          ...['mz', 'mm', 'mR', 'mL', 'm6', 'mz'].map((prefix) => `http://ssqt.co/${prefix}ADAVIP`),
          'gold',
        ],
      ].join(','),
      '',
    ]);
  });

  test('neutralise what a spreadsheet would run as a formula, in CSV only, and leave numbers alone', async () => {
    await using suite = await startSuite();
    const cells = ['=1+1', '+SUM(A1)', '-2+3', '@cmd', '\t=1', '-12.5', '+4', 'plain'];
    const csv = await suite.importFile(
      `accountId,id,customFields.note\n${cells.map((cell, index) => `a,u${index},"${cell}"`).join('\n')}\n`,
    );
    const notes = csv.results
      ?.trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').at(-1));
    expect(notes).toEqual(["'=1+1", "'+SUM(A1)", "'-2+3", "'@cmd", "'\t=1", '-12.5', '+4', 'plain']);
    const errors = await suite.importFile('accountId,id\n"=1","a\u0001b"\n');
    expect(errors.errors).toBe(
      'recordNumber,message,apiErrorCode,statusCode\n2,The provided id field is invalid: it has a control character,BAD_REQUEST,400\n',
    );
    const jsonl = await suite.importFile(
      `${cells.map((note, id) => JSON.stringify({ accountId: 'b', id: `u${id}`, customFields: { note } })).join('\n')}\n`,
      {
        filename: 'notes.jsonl',
      },
    );
    expect(
      jsonl.results
        ?.trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { customFields: { note: string } }).customFields.note),
    ).toEqual(cells);
  });

  test("are JSON Lines for a JSONL upload, with the same field names and the values' types", async () => {
    await using suite = await startSuite();
    const { results, errors, job } = await suite.importFile(
      [
        { accountId: 'acme', id: 'ada', email: 'Ada@Example.com', customFields: { score: 4.5, isVip: true, city: 'Turin' }, colour: 'red' },
        { accountId: 'acme', id: 'bo', referralCodes: { default: 'BO' } },
        { accountId: 'acme', id: '' },
      ]
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
      { filename: 'users.ndjson' },
    );
    expect(job).toMatchObject({ format: 'JSONL', warnings: ["The field 'colour' is not known and was ignored."] });
    const [ada, bo, ...rest] = (results ?? '').split('\n');
    expect(rest).toEqual(['']);
    const adaRow = JSON.parse(ada ?? '') as Record<string, unknown>;
    expect(Object.keys(adaRow).join(',')).toBe(`${standardColumns},customFields`);
    expect(adaRow).toMatchObject({
      id: 'ada',
      emailHash: md5('ada@example.com'),
      dateCreated: testNow,
      firstName: null,
      customFields: { score: 4.5, isVip: true, city: 'Turin' },
    });
    expect(JSON.parse(bo ?? '')).toMatchObject({ referralCode: 'BO', cleanShareLink: 'http://ssqt.co/mzBO', email: null, emailHash: null });
    expect(errors).toBe(
      '{"recordNumber":3,"message":"This request requires a valid non-empty id","apiErrorCode":"BAD_REQUEST","statusCode":400}\n',
    );
  });
});

describe("the results of a deletions' job", () => {
  test.each([
    [
      'csv',
      'accountId,id\nacme,ada\nacme,nobody\nacme,ada\n',
      'accountId,id\nacme,ada\n',
      'recordNumber,message,apiErrorCode,statusCode\n3,No user found for the provided id,NOT_FOUND,404\n4,No user found for the provided id,NOT_FOUND,404\n',
    ],
    [
      'jsonl',
      '{"accountId":"acme","id":"ada"}\n{"accountId":"acme","id":"nobody"}\n',
      '{"accountId":"acme","id":"ada"}\n',
      '{"recordNumber":2,"message":"No user found for the provided id","apiErrorCode":"NOT_FOUND","statusCode":404}\n',
    ],
  ])('are the ids of those deleted (%s)', async (ending, content, results, errors) => {
    await using suite = await startSuite();
    await suite.importFile('accountId,id\nacme,ada\nacme,bo\n');
    expect(await suite.importFile(content, { type: 'USER_DELETIONS', filename: `deletions.${ending}` })).toMatchObject({ results, errors });
  });
});

describe('the completion mail', () => {
  test("tells the end in counts, without any participant's data, and is not written again by restarts", async () => {
    const dataDir = await temporaryFolder();
    let file: string;
    {
      await using suite = await startSuite({ dataDir });
      await suite.importFile('accountId,id\nacme,silent\n');
      const { job } = await suite.importFile('accountId,id,email\nacme,ada,ada@example.com\nacme,bo,nowhere\n', {
        mailtoEmail: 'owner@example.com',
        displayName: 'Spring\r\nBcc: everybody@example.com',
      });
      file = join(dataDir, 'mail', `${job.id}.eml`);
      await until(() => readdirSync(join(dataDir, 'mail')).includes(`${job.id}.eml`) || undefined, 'the mail');
      expect(readdirSync(join(dataDir, 'mail')).filter((name) => name.endsWith('.eml'))).toEqual([`${job.id}.eml`]);
      const mail = readFileSync(file, 'utf8');
      const [head = '', ...parts] = mail.split('\r\n\r\n');
      const body = parts.join('\n').replaceAll('=\r\n', '').replaceAll('\r\n', '\n');
      expect(head).toContain('To: owner@example.com');
      expect(head).not.toMatch(/^Bcc:/m);
      expect(head).toContain(
        'Subject: =?UTF-8?Q?Your_import_of_users_=22Spring_Bcc=3A_ev?=\r\n =?UTF-8?Q?erybody=40example=2Ecom=22_is_complete?=\r\n',
      );
      expect(body).toContain('Your import of users');
      expect(body).toContain('  1  The provided email field is an invalid email address.\n');
      expect(body).toMatch(/^ {2}Errors\n {2}http:\/\/localhost:8080\/files\/[\w-]+$/m);
      expect(body).toContain(`http://localhost:8080/t/default/jobs/${job.id}\n`);
      expect(mail).not.toContain('ada@example.com');
    }
    const { mtimeMs } = statSync(file);
    for (let start = 0; start < 2; start += 1) {
      await using suite = await startSuite({ dataDir });
      await suite.importFile('accountId,id\nacme,silent\n');
    }
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    expect(readdirSync(join(dataDir, 'mail')).filter((name) => name.endsWith('.eml'))).toHaveLength(1);
  });

  test('that cannot be written holds up neither other jobs nor the next start, and is written once it can be', async () => {
    const dataDir = await temporaryFolder();
    let file: string;
    {
      await using suite = await startSuite({ dataDir });
      const held = holdWrites(dataDir, 'participants.db');
      const { name, id } = await suite.client.start('accountId,id\nacme,ada\n', { mailtoEmail: 'owner@example.com' });
      file = join(dataDir, 'mail', `${id}.eml`);
      mkdirSync(join(file, 'in the way'), { recursive: true });
      held[Symbol.dispose]();
      expect(await suite.client.ended(name)).toMatchObject({ status: 'COMPLETED' });
      const other = await suite.importFile('accountId,id\nacme,bo\n', { mailtoEmail: 'owner@example.com' });
      expect(other.job).toMatchObject({ status: 'COMPLETED' });
      await until(() => existsSync(join(dataDir, 'mail', `${other.job.id}.eml`)) || undefined, 'the other mail');
    }
    {
      await using _suite = await startSuite({ dataDir });
    }
    rmSync(file, { recursive: true });
    await using _suite = await startSuite({ dataDir });
    await until(() => existsSync(file) || undefined, 'the mail that was owed');
    expect(readFileSync(file, 'utf8')).toContain('To: owner@example.com');
  });

  test('to an address that it could not be sent to is refused when the job is created', async () => {
    await using suite = await startSuite();
    const { fileRef } = await suite.client.upload('accountId,id\na,u\n');
    for (const mailtoEmail of [
      ...['nobody', 'a@b', 'a b@example.com', 'a@example.com\r\nBcc: c@example.com', 'a@example.com,b@example.com'],
      ...['group:a@example.com', '"a"@example.com', 'a@(b).com', 'a\u0001@example.com'],
    ]) {
      expect(await refusal(suite.client.create(fileRef, { mailtoEmail }))).toEqual({
        code: 'INVALID_ARGUMENT',
        message: `'${mailtoEmail}' is no e-mail address.`,
      });
    }
  });
});
