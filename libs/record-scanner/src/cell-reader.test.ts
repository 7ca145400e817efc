import { describe, expect, it } from 'vitest';
import { CellReader, type MalformedRecord } from './cell-reader.ts';

function cells(record: string | Uint8Array): string[] | MalformedRecord {
  const bytes = Buffer.from(record);
  return new CellReader(bytes).cells(0, bytes.length);
}

function cell(record: string, column: number): string | MalformedRecord | undefined {
  const bytes = Buffer.from(record);
  return new CellReader(bytes).cell(0, bytes.length, column);
}

describe('all cells of a record', () => {
  it.each([
    ['a,b', ['a', 'b']],
    ['a', ['a']],
    ['', ['']],
    [',', ['', '']],
    ['a,', ['a', '']],
    ['"a,b","c\r\nd"', ['a,b', 'c\r\nd']],
    ['"",""', ['', '']],
    ['"""a""","b"""""', ['"a"', 'b""']],
    ['a"b,""', ['a"b', '']],
    ['a"",b "c"', ['a""', 'b "c"']],
    [' "a" , b', [' "a" ', ' b']],
    ['Müller,名,"😀 ""Ö""",x', ['Müller', '名', '😀 "Ö"', 'x']],
    ['a\0b,\t', ['a\0b', '\t']],
  ])('of %j are %j', (record, expected) => {
    expect(cells(record)).toEqual(expected);
  });

  it.each<[string, MalformedRecord]>([
    ['"a"b,c', { kind: 'text-after-quote', column: 0, offset: 3 }],
    ['1,"a" ,c', { kind: 'text-after-quote', column: 1, offset: 5 }],
    ['ü,"名""" "x"', { kind: 'text-after-quote', column: 1, offset: 10 }],
    ['"', { kind: 'unclosed-quote', column: 0, offset: 0 }],
    ['ü,x,"a""', { kind: 'unclosed-quote', column: 2, offset: 5 }],
    ['"a","b,c\n', { kind: 'unclosed-quote', column: 1, offset: 4 }],
  ])('of %j are refused as %j', (record, expected) => {
    expect(cells(record)).toEqual(expected);
  });

  it('have U+FFFD for invalid UTF-8, and only in the cells that hold it', () => {
    expect(cells(Buffer.from([0x61, 0x2c, 0xff, 0x2c, 0xc3, 0x2c, 0xc3, 0xa4]))).toEqual(['a', '\ufffd', '\ufffd', 'ä']);
  });

  it('are read up to the end of the range whatever follows it', () => {
    expect(new CellReader(Buffer.from('a,"b"')).cells(0, 2)).toEqual(['a', '']);
    expect(new CellReader(Buffer.from('"a""')).cells(0, 3)).toEqual(['a']);
    expect(new CellReader(Buffer.from('"a"b')).cells(0, 3)).toEqual(['a']);
  });

  it('are found at their range in the block, offsets counted from its start', () => {
    const block = Buffer.from('x"x\n1,ü\n2,"b"z\n"');
    const reader = new CellReader(block.subarray(1));
    expect(reader.cells(3, 7)).toEqual(['1', 'ü']);
    expect(reader.cells(8, 14)).toEqual({ kind: 'text-after-quote', column: 1, offset: 5 });
    expect(reader.cells(15, 16)).toEqual({ kind: 'unclosed-quote', column: 0, offset: 0 });
  });
});

describe('one cell of a record', () => {
  it('is the same as among all cells', () => {
    const record = 'a,"b, ""c""",,ü,"",d';
    expect([0, 1, 2, 3, 4, 5].map((column) => cell(record, column))).toEqual(cells(record));
  });

  it('is undefined beyond the last', () => {
    expect(cell('a,b,', 2)).toBe('');
    expect(cell('a,b,', 3)).toBeUndefined();
    expect(cell('', 1)).toBeUndefined();
  });

  it('is read if the record is malformed only behind it', () => {
    expect(cell('a,b,"c', 1)).toBe('b');
    expect(cell('a,"b"x,c', 1)).toEqual({ kind: 'text-after-quote', column: 1, offset: 5 });
    expect(cell('a,"b,c', 2)).toEqual({ kind: 'unclosed-quote', column: 1, offset: 2 });
  });
});
