import { describe, expect, it } from 'vitest';
import { ignoredUserColumns, readUserHeader, userColumnPrefixes, userColumns } from './user-header.ts';

const read = (header: string) => readUserHeader(header.split(','), { linkDomains: [] });

const sampleHeader =
  'accountId,id,firstName,lastName,email,referable,referralCode,paymentProviderId,locale,referredBy.code,referredBy.isConverted,imageUrl,customFields.province,customFields.postal';

describe('the header of a users file', () => {
  it('accepts the published sample header without a word and reads rows by it', () => {
    const header = read(sampleHeader);
    expect(header).toMatchObject({ problems: [], warnings: [], givesCodes: false, programs: [], accountIdColumn: 0 });

    const blanks = 'a1,u1,Bo,Tester,bo@example.com,,BOTESTER,,,,,,QC,H0H 0H0'.split(',');
    expect(header.parse(blanks)).toStrictEqual({
      row: {
        accountId: 'a1',
        id: 'u1',
        firstName: 'Bo',
        lastName: 'Tester',
        email: 'bo@example.com',
        customFields: { province: 'QC', postal: 'H0H 0H0' },
      },
    });

    const full = 'a1,u1,Bo,Tester,bo@example.com,true,BOTESTER,cus_1,en_CA,LORETTA10,true,https://i.example.com/1.png,QC,H0H'.split(',');
    expect(header.parse(full)).toStrictEqual({
      row: {
        accountId: 'a1',
        id: 'u1',
        firstName: 'Bo',
        lastName: 'Tester',
        email: 'bo@example.com',
        referable: true,
        locale: 'en_CA',
        imageUrl: 'https://i.example.com/1.png',
        referredByCodes: ['LORETTA10'],
        customFields: { province: 'QC', postal: 'H0H' },
      },
    });
  });

  it('accepts every column that it lists', () => {
    const nested = userColumnPrefixes.filter((prefix) => prefix !== 'sharelinks.').map((prefix) => `${prefix}p1`);
    const header = readUserHeader([...userColumns, ...ignoredUserColumns, ...nested], { linkDomains: [] });
    expect(header).toMatchObject({ problems: [], warnings: [] });
    expect(userColumns).toHaveLength(12);
    expect(userColumnPrefixes).toEqual(['referralCodes.', 'shareLinks.', 'sharelinks.', 'customFields.']);
    expect(ignoredUserColumns).toEqual(['paymentProviderId', 'referralCode', 'referredBy.isConverted']);
  });

  it('takes columns in any order', () => {
    const header = read('email,id,customFields.x,accountId');
    expect(header.accountIdColumn).toBe(3);
    expect(header.parse(['bo@example.com', 'u1', 'y', 'a1'])).toStrictEqual({
      row: { accountId: 'a1', id: 'u1', email: 'bo@example.com', customFields: { x: 'y' } },
    });
  });

  it.each([
    ['id', 'accountId,email', []],
    ['accountId', 'id,email', []],
    ['accountId', 'id,accountid', ["Column 'accountid' is not known; write 'accountId'."]],
    ['accountId', 'id,account_id', ["Column 'account_id' is not known; write 'accountId'."]],
    ['accountId', 'id,Account ID', ["Column 'Account ID' is not known; write 'accountId'."]],
    ['accountId', 'id,acountId', ["Column 'acountId' is not known; write 'accountId'."]],
    ['id', 'accountId, id', ["Column ' id' is not known; write 'id'."]],
    ['id', 'ID,accountId', ["Column 'ID' is not known; write 'id'."]],
    ['id', 'accountId,uid', []],
  ])("refuses a header without '%s': %s", (missing, header, hints) => {
    const { problems, warnings } = read(header);
    expect(problems).toEqual([{ type: 'MISSING_HEADERS', message: expect.stringContaining(`has no column '${missing}'`) }]);
    for (const hint of hints) expect(problems[0]?.message).toContain(hint);
    expect(problems[0]?.message.includes('is not known')).toBe(hints.length > 0);
    expect(warnings.filter((warning) => hints.length > 0 && warning.includes('not known'))).toEqual([]);
  });

  it('refuses a header without both ids with one problem each', () => {
    expect(read('email').problems.map((problem) => problem.type)).toEqual(['MISSING_HEADERS', 'MISSING_HEADERS']);
    expect(readUserHeader([], { linkDomains: [] }).problems).toHaveLength(2);
    expect(read('email').accountIdColumn).toBe(-1);
  });

  it('fails every row of a header without ids rather than throwing', () => {
    expect(read('email').parse(['bo@example.com'])).toMatchObject({ error: { message: 'This request requires a valid non-empty id' } });
  });

  it.each([
    ['known', 'accountId,id,email,locale,email', "The header has column 'email' twice, in places 3 and 5; remove or rename one of them."],
    ['unknown', 'accountId,id,x,x', "The header has column 'x' twice, in places 3 and 4; remove or rename one of them."],
    ['ids', 'accountId,id,id', "The header has column 'id' twice, in places 2 and 3; remove or rename one of them."],
    [
      'classic',
      'accountId,id,referralCode,referralCode',
      "The header has column 'referralCode' twice, in places 3 and 4; remove or rename one of them.",
    ],
    [
      'share link columns in both spellings',
      'accountId,id,sharelinks.p1,shareLinks.p1',
      "Columns 'sharelinks.p1' (place 3) and 'shareLinks.p1' (place 4) are the same; remove one of them.",
    ],
  ])('refuses repeated columns: %s', (_, header, message) => {
    expect(read(header).problems).toEqual([{ type: 'CSV_PARSING', message }]);
  });

  it('lets the first of repeated columns stand', () => {
    const header = read('accountId,accountId,id,x,x,referralCodes.p1,referralCodes.p1');
    expect(header).toMatchObject({ accountIdColumn: 0, warnings: ["Column 'x' is not known and is ignored."], programs: ['p1'] });
    expect(header.parse(['a1', 'a2', 'u1', '', '', 'ONE', 'TWO'])).toStrictEqual({
      row: { accountId: 'a1', id: 'u1', referralCodes: { p1: 'ONE' } },
    });
  });

  it('tells programs and custom fields apart by letter case', () => {
    expect(read('accountId,id,shareLinks.P,sharelinks.p,customFields.a,customFields.A').problems).toEqual([]);
  });

  it.each([
    ['accountId;id;email', 'semicolons'],
    ['accountId\tid\temail', 'tabs'],
  ])('says that commas are needed for %j', (header, separator) => {
    const { problems } = read(header);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.type).toBe('CSV_PARSING');
    expect(problems[0]?.message).toContain(`separate columns with commas, not with ${separator}.`);
  });

  it.each([
    'customFields.',
    'customFields.a b',
    'customFields.a.b',
    'customFields.é',
    `customFields.${'x'.repeat(65)}`,
    'referralCodes.',
    'referralCodes.my_program',
    `referralCodes.${'x'.repeat(65)}`,
    'shareLinks.a b',
    'sharelinks.a.b',
  ])("refuses the column '%s', whose name cannot be", (column) => {
    const { problems, programs } = read(`accountId,id,${column}`);
    expect(problems).toEqual([{ type: 'CSV_PARSING', message: expect.stringContaining('(place 3) is not possible: ') }]);
    expect(problems[0]?.message).toContain(column.slice(0, 20));
    expect(programs).toEqual([]);
  });

  it('shows the rule that a column name breaks', () => {
    expect(read('accountId,id,customFields.a b').problems[0]?.message).toBe(
      "Column 'customFields.a b' (place 3) is not possible: the name of a custom field has 1 to 64 letters A-Z or a-z, digits, underscores or hyphens; rename or remove it.",
    );
    expect(read('accountId,id,referralCodes.a_b').problems[0]?.message).toBe(
      "Column 'referralCodes.a_b' (place 3) is not possible: a program id has 1 to 64 letters A-Z or a-z, digits or hyphens; rename or remove it.",
    );
  });

  it('accepts names at their limits', () => {
    const longest = 'x'.repeat(64);
    const names = [`customFields.${longest}`, 'customFields.a_b-1', `referralCodes.${longest}`, 'shareLinks.a-1'];
    expect(read(`accountId,id,${names.join(',')}`)).toMatchObject({ problems: [], warnings: [] });
  });

  it('accepts 100 custom fields and refuses 101', () => {
    const header = (count: number) => `accountId,id,${Array.from({ length: count }, (_, index) => `customFields.f${index}`).join(',')}`;
    expect(read(header(100)).problems).toEqual([]);
    expect(read(header(101)).problems).toEqual([
      {
        type: 'CSV_PARSING',
        message: "The header has 101 columns 'customFields.…' but a row has at most 100 custom fields; remove 1 of them.",
      },
    ]);
  });

  it.each([
    ['favouriteColour', "Column 'favouriteColour' is not known and is ignored."],
    ['referrable', "Column 'referrable' is not known and is ignored; did you mean 'referable'?"],
    ['Email', "Column 'Email' is not known and is ignored; did you mean 'email'?"],
    ['first_name', "Column 'first_name' is not known and is ignored; did you mean 'firstName'?"],
    [' locale', "Column ' locale' is not known and is ignored; did you mean 'locale'?"],
    ['referredby.code', "Column 'referredby.code' is not known and is ignored; did you mean 'referredBy.code'?"],
    ['customfields.x', "Column 'customfields.x' is not known and is ignored; did you mean 'customFields.x'?"],
    ['ShareLinks.p1', "Column 'ShareLinks.p1' is not known and is ignored; did you mean 'shareLinks.p1'?"],
    ['customFields', "Column 'customFields' is not known and is ignored; did you mean 'customFields.…'?"],
    ['segments', "Column 'segments' is ignored: only JSONL files can carry it."],
    ['referredByCodes', "Column 'referredByCodes' is ignored: only JSONL files can carry it."],
    ['', 'Column 3 of the header has no name and is ignored.'],
    [' ', 'Column 3 of the header has no name and is ignored.'],
    [',,', 'Columns 3, 4, 5 of the header have no name and are ignored.'],
  ])('ignores the column %j with a warning', (column, warning) => {
    const header = read(`accountId,id,${column}`);
    expect(header).toMatchObject({ problems: [], warnings: [warning] });
    expect(header.parse(['a1', 'u1', 'anything'])).toStrictEqual({ row: { accountId: 'a1', id: 'u1' } });
  });

  it('names programs in the order of their columns, each once', () => {
    const header = read('accountId,id,shareLinks.b,referralCodes.a,sharelinks.c,referralCodes.b');
    expect(header).toMatchObject({ problems: [], givesCodes: true, programs: ['b', 'a', 'c'] });
  });

  it.each(['referralCodes.p1', 'shareLinks.p1', 'sharelinks.p1'])('says that a file with %s gives codes', (column) => {
    expect(read(`accountId,id,${column}`).givesCodes).toBe(true);
  });
});
