import { expect, test } from 'vitest';
import { RowLines } from './row-lines.ts';

const textOf = (lines: RowLines): string => Array.from(lines.blocks(), (block) => block.toString()).join('');

test('lines come in the order of the rows, without those that have none', () => {
  const lines = new RowLines(5);
  for (const [row, text] of [
    [4, 'e'],
    [0, 'Zoë 🎉'],
    [2, ''],
    [3, 'd'],
  ] as const)
    lines.set(row, text);
  lines.remove(3);
  expect(textOf(lines)).toBe('Zoë 🎉\n\ne\n');
  expect(textOf(lines)).toBe('Zoë 🎉\n\ne\n');
});

test('a line takes the place of the one before, be it as long, longer or shorter', () => {
  const lines = new RowLines(4);
  for (let row = 0; row < 4; row += 1) lines.set(row, `first ${row}`);
  lines.set(0, 'other 0');
  lines.set(1, 'a longer line');
  lines.set(2, 'short');
  lines.remove(3);
  lines.set(3, 'again 3');
  expect(textOf(lines)).toBe('other 0\na longer line\nshort\nagain 3\n');
});

test('many lines come in blocks of whole lines, and so does a line that is longer than a block', () => {
  const texts = Array.from({ length: 3000 }, (_, row) => (row === 1500 ? 'é'.repeat(300_000) : `${row} ${'ü'.repeat(row % 400)}`));
  const lines = new RowLines(texts.length);
  for (const row of texts.keys()) lines.set(texts.length - 1 - row, texts[texts.length - 1 - row]!);
  const blocks = Array.from(lines.blocks(), (block) => block.toString());
  expect(blocks.length).toBeGreaterThan(4);
  expect(blocks.every((block) => block.endsWith('\n'))).toBe(true);
  expect(blocks.join('')).toBe(texts.map((text) => `${text}\n`).join(''));
});

test('there are no blocks without lines', () => {
  expect([...new RowLines(0).blocks()]).toEqual([]);
  expect([...new RowLines(3).blocks()]).toEqual([]);
});
