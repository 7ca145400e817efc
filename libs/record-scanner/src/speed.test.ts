import { parse } from 'fast-csv';
import { expect, it } from 'vitest';
import { CellReader } from './cell-reader.ts';
import { RecordList } from './record-list.ts';
import { RecordScanner } from './record-scanner.ts';

const blockSize = 256 * 1024;
const rows = 75_000;

/** About 10 MB in rows of 11 columns and some 130 bytes, as participants' files have them. */
function participantsFile(name: string, quoteAll: boolean): Buffer {
  const lines = Array.from({ length: rows }, (_, i) => {
    const cells = [
      `ACC${1_000_000 + i}`,
      'Jane',
      name,
      `jane.doe${i}@example.org`,
      '+49 30 1234567',
      '2024-05-17',
      'ACTIVE',
      'EUR',
      `${i % 9999}.50`,
    ];
    const note = i % 5 === 0 ? '"note, with ""quotes"""' : 'some free text';
    const written = quoteAll ? cells.map((cell) => `"${cell}"`) : cells;
    return [...written, note, 'Hauptstr. 17, Berlin'.replace(',', '')].join(',');
  });
  return Buffer.from(lines.join('\n') + '\n');
}

function* blocksOf(file: Buffer): Generator<Buffer> {
  for (let at = 0; at < file.length; at += blockSize) yield file.subarray(at, at + blockSize);
}

function scanOnly(file: Buffer): number {
  const scanner = new RecordScanner('csv');
  const records = new RecordList();
  let count = 0;
  for (const block of blocksOf(file)) {
    scanner.push(block, records);
    count += records.count;
    records.clear();
  }
  return count;
}

function scanAndReadCells(file: Buffer): number {
  const records = new RecordList();
  let count = 0;
  let start = { offset: 0, recordNumber: 1, line: 1 };
  while (start.offset < file.length) {
    const scanner = new RecordScanner('csv', start);
    const chunk = file.subarray(start.offset, start.offset + blockSize);
    records.clear();
    scanner.push(chunk, records);
    const reader = new CellReader(chunk);
    for (let i = 0; i < records.count; i++) {
      const from = records.offsets[i]! - start.offset;
      const cells = reader.cells(from, from + records.lengths[i]!);
      if (Array.isArray(cells) && cells.length === 11) count++;
    }
    const last = records.positionAt(records.count - 1);
    start = { offset: scanner.openRecordOffset, recordNumber: last.recordNumber + 1, line: last.line + 1 };
  }
  return count;
}

async function fastCsv(file: Buffer): Promise<number> {
  const parser = parse<string[], string[]>();
  let count = 0;
  const done = new Promise<void>((resolve, reject) => {
    parser
      .on('data', () => count++)
      .on('end', resolve)
      .on('error', reject);
  });
  for (const block of blocksOf(file)) parser.write(block);
  parser.end();
  await done;
  return count;
}

/** What this thread has had of the processor so far. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Long enough that it does not matter how coarsely the system counts. */
const measuredMs = 1000;

/** MB in a second of the processor, which is the same whatever else the machine does. */
async function speedOf(file: Buffer, run: (file: Buffer) => number | Promise<number>): Promise<number> {
  const begin = processorMs();
  let bytes = 0;
  while (processorMs() - begin < measuredMs) {
    expect(await run(file)).toBe(rows);
    bytes += file.length;
  }
  return bytes / (processorMs() - begin) / 1000;
}

it.each([
  ['ASCII', participantsFile('Mueller', false)],
  ['some cells not ASCII', participantsFile('Müller', false)],
  ['most cells quoted', participantsFile('Mueller', true)],
])(
  'scans at least ten times as fast as fast-csv parses: %s',
  async (name, file) => {
    const reference = await speedOf(file, fastCsv);
    const scan = await speedOf(file, scanOnly);
    const cells = await speedOf(file, scanAndReadCells);
    const figure = (speed: number) => `${speed.toFixed(0)} MB/s (${(speed / reference).toFixed(1)}x)`;
    console.log(`${name}: fast-csv ${reference.toFixed(0)} MB/s, scan ${figure(scan)}, scan and all cells ${figure(cells)}`);
    expect(scan / reference).toBeGreaterThanOrEqual(10);
    // Usually ten times and more, mostly spent making strings.
    expect(cells / reference).toBeGreaterThanOrEqual(5);
  },
  60_000,
);
