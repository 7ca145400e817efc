import { parseString } from 'fast-csv';
import { expect, test } from 'vitest';
import { lineWriter } from './file-lines.ts';
import type { Cell } from './result-columns.ts';

const csv = async (rows: readonly Cell[][]): Promise<string> =>
  Buffer.from(
    await lineWriter(
      'csv',
      rows[0]!.map((_, index) => `column ${index}`),
    ).lines(rows),
  ).toString();

test('CSV rows come in order, with quotes where a cell needs them and nowhere else', async () => {
  const rows = [
    ['plain', 1, true, null],
    ['a,b', 'c"d', 'two\nlines', 'car\rriage'],
    ['é', '-1.5', ' ', ''],
    ['"', ',', 'x', null],
  ];
  const lines = ['plain,1,true,', '"a,b","c""d","two\nlines","car\rriage"', 'é,-1.5, ,', '"""",",",x,', ''];
  expect(await csv(rows)).toBe(lines.join('\n'));
});

test('every text is read from CSV as it was, but for NUL, and for formulas, which get an apostrophe in front', async () => {
  const characters = ['a', '"', ',', '\n', '\r', '|', '=', '@', '-', '1', 'é', '\u{1f600}', ' ', ';', "'"];
  const texts = characters.flatMap((first) => characters.map((second) => `${first}${second}`));
  const rows = Array.from({ length: texts.length / 5 }, (_, row) => texts.slice(5 * row, 5 * row + 5));
  const lines = await csv(rows);
  const read = await parseString<string[], string[]>(lines).toArray();
  const shown = rows.map((cells) => cells.map((text) => (/^[=+\-@\t\r]/.test(text) && text !== '-1' ? `'${text}` : text)));
  expect(read).toEqual(shown);
  expect(await csv([['a\0b', '\0=']])).toBe('ab,=\n');
});
