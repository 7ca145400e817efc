import { readFileSync, readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { RecordFlag, RecordList } from './record-list.ts';
import { RecordScanner, type RecordFormat } from './record-scanner.ts';
import { cellsByFastCsv, cellsOf, createRandom, everySplit, recordsByRegExp, scan, type ScannedRecord } from './test-support.ts';

const corpus = new URL('../corpus/', import.meta.url);
const corpusFiles = readdirSync(corpus).filter((name) => name.endsWith('.csv'));

function expectSameFromEverySplit(format: RecordFormat, file: Buffer, expected: ScannedRecord[]): void {
  for (const blocks of everySplit(file))
    expect(scan(format, blocks), `${JSON.stringify(file.toString())} cut at ${blocks[0]?.length}`).toEqual(expected);
}

function expectSameFromEveryRecord(format: RecordFormat, file: Buffer, expected: ScannedRecord[]): void {
  for (const [i, { offset, recordNumber, line }] of expected.entries()) {
    const rest = scan(format, [file.subarray(offset)], { offset, recordNumber, line });
    expect(rest, `${JSON.stringify(file.toString())} from ${offset}`).toEqual(expected.slice(i));
  }
}

describe.each(corpusFiles)('corpus file %s', (name) => {
  const file = readFileSync(new URL(name, corpus));
  const records = scan('csv', [file]);

  it('has the cells that fast-csv reads', async () => {
    expect(cellsOf(file, records)).toEqual(await cellsByFastCsv(file));
  });

  it('has the records that regular expressions find', () => {
    expect(records).toEqual(recordsByRegExp('csv', file));
  });

  it('has the same records wherever it is cut', () => {
    expectSameFromEverySplit('csv', file, records);
  });

  it('has the same records from each of them on', () => {
    expectSameFromEveryRecord('csv', file, records);
  });
});

describe('random CSV', () => {
  const pieces = ['a', 'Z9', '"', '""', ',', '\n', '\r', '\r\n', ' ', '\t', 'ü', '名', '😀', '\0', ';'];
  const lineEnds = ['\n', '\r\n', '\r'];

  /** Well-formed rows, quoted where they must be and at times where they need not. */
  function randomTable(seed: number): { rows: string[][]; file: Buffer } {
    const random = createRandom(seed);
    const rows = Array.from({ length: 1 + random(6) }, () =>
      Array.from({ length: 1 + random(4) }, () => Array.from({ length: random(5) }, () => pieces[random(pieces.length)]).join('')),
    );
    let text = random(4) === 0 ? '\ufeff' : '';
    for (const [i, row] of rows.entries()) {
      // fast-csv takes a quote after leading spaces as an opening one, and drops the spaces before the first comma: quote those cells.
      const written = row.map((cell) =>
        /^["\s]|[,\r\n]/.test(cell) || (row.length === 1 && cell === '') || random(4) === 0 ? `"${cell.replaceAll('"', '""')}"` : cell,
      );
      text += written.join(',');
      if (i < rows.length - 1 || random(2) === 0) text += lineEnds[random(3)]!.repeat(1 + (random(6) === 0 ? 1 : 0));
    }
    return { rows, file: Buffer.from(text) };
  }

  it('gives the cells that were written, and that fast-csv reads', async () => {
    for (let seed = 0; seed < 3000; seed++) {
      const { rows, file } = randomTable(seed);
      const cells = cellsOf(file, scan('csv', [file]));
      expect(cells, JSON.stringify(file.toString())).toEqual(rows);
      expect(cells, JSON.stringify(file.toString())).toEqual(await cellsByFastCsv(file));
    }
  });

  // Bytes in any order, mostly malformed, are for the regular expressions only: fast-csv throws on text after a closing quote.
  it.each(['csv', 'jsonl'] as const)('in any order, read as %s, has the records that regular expressions find', (format) => {
    for (let seed = 0; seed < 5000; seed++) {
      const random = createRandom(seed);
      const text = Array.from({ length: random(24) }, () => pieces[random(pieces.length)]).join('');
      const file = Buffer.from((random(5) === 0 ? '\ufeff' : '') + text);
      const expected = recordsByRegExp(format, file);
      expect(scan(format, [file]), JSON.stringify(file.toString())).toEqual(expected);
      if (seed % 10 > 0) continue;
      expectSameFromEverySplit(format, file, expected);
      expectSameFromEveryRecord(format, file, expected);
    }
  });
});

describe('a CSV scanner', () => {
  it('numbers records as spreadsheet rows from the first line with content, and lines as an editor does', () => {
    const file = Buffer.from('\n \r\nid,note\r\n\r\n1,"a\r\nb\rc"\n\t\n2,x');
    expect(scan('csv', [file])).toEqual([
      { recordNumber: 1, line: 3, offset: 4, length: 7, flags: 0 },
      { recordNumber: 3, line: 5, offset: 15, length: 10, flags: RecordFlag.hasQuote },
      { recordNumber: 5, line: 9, offset: 28, length: 3, flags: 0 },
    ]);
  });

  it('begins the first record after a byte order mark, and takes one anywhere else for text', () => {
    const file = Buffer.from('\ufeff"a\n"\n\ufeff"b"\n');
    expect(scan('csv', [file]).map(({ offset, length }) => [offset, length])).toEqual([
      [3, 4],
      [8, 6],
    ]);
  });

  it('takes a byte order mark that breaks off for text', () => {
    const file = Buffer.from([0xef, 0xbb, 0x22, 0x0a, 0x22]);
    const records = scan('csv', [file]);
    expect(records.map(({ offset, length }) => [offset, length])).toEqual([
      [0, 3],
      [4, 1],
    ]);
    expectSameFromEverySplit('csv', file, records);
  });

  it('takes the later bytes of a byte order mark for text without the first', () => {
    const file = Buffer.from([0x22, 0xbb, 0x0a, 0x22]);
    const record = { recordNumber: 1, line: 1, offset: 0, length: 4, flags: RecordFlag.hasQuote };
    expectSameFromEverySplit('csv', file, [record]);
  });

  it('ends records outside of quotes after text that follows a closing quote', () => {
    const file = Buffer.from('"a"x\n"b" "\n"c"d,"e\nf"\n');
    expect(scan('csv', [file]).map(({ offset, length }) => [offset, length])).toEqual([
      [0, 4],
      [5, 5],
      [11, 10],
    ]);
  });

  it('takes a quote after leading spaces for text', () => {
    // fast-csv drops the spaces and opens a quoted cell here.
    const file = Buffer.from('1, "a\n2, "b"\n');
    expect(cellsOf(file, scan('csv', [file]))).toEqual([
      ['1', ' "a'],
      ['2', ' "b"'],
    ]);
  });

  it('keeps the spaces of a blank first cell', () => {
    // fast-csv drops them.
    const file = Buffer.from('  ,a\n');
    expect(cellsOf(file, scan('csv', [file]))).toEqual([['  ', 'a']]);
  });

  it('flags the record that the input ends in quotes, and tells where those opened', () => {
    const scanner = new RecordScanner('csv');
    const records = new RecordList();
    scanner.push(Buffer.from('a,"b"\n1,"x\n""y",2\n3,"p\n",\n4,"never\nclosed ""'), records);
    expect(records.count).toBe(3);
    expect(scanner.openQuoteLine).toBe(6);
    scanner.end(records);
    expect([...records.flags.subarray(0, records.count)]).toEqual([2, 2, 2, RecordFlag.unclosedQuote | RecordFlag.hasQuote]);
    expect([...records.lines.subarray(0, records.count)]).toEqual([1, 2, 4, 6]);
    expect(scanner.openQuoteLine).toBe(6);
  });

  it('knows no open quote once the quoted cell is closed', () => {
    const scanner = new RecordScanner('csv');
    const records = new RecordList();
    scanner.push(Buffer.from('"a\nb'), records);
    expect(scanner.openQuoteLine).toBe(1);
    scanner.push(Buffer.from('",'), records);
    expect(scanner.openQuoteLine).toBeUndefined();
  });
});

describe('a JSON Lines scanner', () => {
  const file = Buffer.from('\ufeff{"a":1}\r\n\n \t{"b":"x,y"} \r\t\n\r{"c":"\0"}\n\n{"d":"');

  it('takes quotes for text and the physical line for the record number', () => {
    expect(scan('jsonl', [file])).toEqual([
      { recordNumber: 1, line: 1, offset: 3, length: 7, flags: 0 },
      { recordNumber: 3, line: 3, offset: 13, length: 14, flags: 0 },
      { recordNumber: 6, line: 6, offset: 31, length: 9, flags: RecordFlag.hasNul },
      { recordNumber: 8, line: 8, offset: 42, length: 6, flags: 0 },
    ]);
  });

  it('has the same records wherever the file is cut, and from each of them on', () => {
    const records = recordsByRegExp('jsonl', file);
    expectSameFromEverySplit('jsonl', file, records);
    expectSameFromEveryRecord('jsonl', file, records);
  });
});

describe('a record scanner', () => {
  it('flags the records that hold a NUL and no others', () => {
    const file = Buffer.from('a\nb\0,\0\nc\n"\n\0"\nd\n\0');
    const withNul = scan('csv', [file]).filter(({ flags }) => (flags & RecordFlag.hasNul) !== 0);
    expect(withNul.map(({ recordNumber }) => recordNumber)).toEqual([2, 4, 6]);
  });

  it('tells from which byte on records are still open', () => {
    const scanner = new RecordScanner('csv', { offset: 100, recordNumber: 7, line: 9 });
    const records = new RecordList();
    const offsets = ['a', ',b', '\r', '\n', ' ', '\n', '"c\n', '"\n'].map((block) => {
      scanner.push(Buffer.from(block), records);
      return scanner.openRecordOffset;
    });
    expect(offsets).toEqual([100, 100, 104, 105, 105, 107, 107, 112]);
    scanner.push(Buffer.from('d'), records);
    expect(scanner.openRecordOffset).toBe(112);
    scanner.end(records);
    expect(scanner.openRecordOffset).toBe(113);
  });

  it('keeps no block while a 10 MB cell goes by', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const scanner = new RecordScanner('csv');
    const records = new RecordList();
    const pushed = Array.from({ length: 160 }, (_, i) => {
      const block = Buffer.alloc(65536, 'a');
      if (i === 0) block.write('h\n"');
      if (i === 159) block.write('"\n', 65534);
      scanner.push(block, records);
      return new WeakRef(block);
    });
    // A block stays reachable until the turn ends in which its WeakRef was made.
    await setImmediate();
    collectGarbage();
    expect(pushed.filter((block) => block.deref() !== undefined)).toEqual([]);
    expect([...records.lengths.subarray(0, records.count)]).toEqual([1, 160 * 65536 - 3]);
  });

  it('counts on beyond 32 bits', () => {
    const block = Buffer.alloc(1 << 24, 'x');
    const scanner = new RecordScanner('jsonl', { offset: 2 ** 40, recordNumber: 2 ** 33, line: 2 ** 34 });
    const records = new RecordList();
    for (let i = 0; i <= 256; i++) scanner.push(block, records);
    scanner.push(Buffer.from('\nabc\n'), records);
    const length = 257 * 2 ** 24;
    expect([records.positionAt(0), records.lengths[0]]).toEqual([{ offset: 2 ** 40, recordNumber: 2 ** 33, line: 2 ** 34 }, length]);
    expect([records.positionAt(1), records.lengths[1]]).toEqual([
      { offset: 2 ** 40 + length + 1, recordNumber: 2 ** 33 + 1, line: 2 ** 34 + 1 },
      3,
    ]);
  }, 60_000);

  it('fills a cleared list from the start', () => {
    const records = new RecordList();
    const scanner = new RecordScanner('csv');
    scanner.push(Buffer.from('a\nb\n'), records);
    records.clear();
    expect(() => records.positionAt(0)).toThrow(RangeError);
    scanner.push(Buffer.from('c\n'), records);
    expect(records.positionAt(0)).toEqual({ offset: 4, recordNumber: 3, line: 3 });
  });
});
