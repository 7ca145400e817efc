import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { deletionsCsv, range, usersCsv, writeLines } from '../sample-files.ts';
import type { Measurement } from './measurement.ts';

const folder = 'bench-data';
const table: Record<string, Record<string, string>> = {};

/** Measures the suite on the embedded engine, and the peer in the same run. Each line of the table is a process of its own, one after the other, so that its processor time and peak memory are its own. */
export async function benchEmbedded(rows: number): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  console.log(`Writing files of ${shown(rows)} users …`);
  const users = `${folder}/users.csv`;
  const coded = `${folder}/users-with-codes.csv`;
  const deletions = `${folder}/deletions.csv`;
  const small = `${folder}/users-100k.csv`;
  const large = `${folder}/users-1m.csv`;
  await writeLines(users, usersCsv(0, rows));
  await writeLines(coded, withCodes(usersCsv(0, rows), rows));
  await writeLines(deletions, deletionsCsv(range(0, rows)));
  await writeLines(small, usersCsv(0, rows / 5));
  await writeLines(large, usersCsv(0, rows * 2));

  const peer = { import: peerRun('USERS', users), again: peerRun('USERS', users), delete: peerRun('USER_DELETIONS', deletions) };
  const suite = {
    import: suiteRun('store', 'USERS', users),
    again: suiteRun('store', 'USERS', users),
    delete: suiteRun('store', 'USER_DELETIONS', deletions),
  };
  const withCodesRun = suiteRun('coded', 'USERS', coded);
  const smallRun = suiteRun('small', 'USERS', small);
  const largeRun = suiteRun('large', 'USERS', large);

  addRow('import', suite.import, peer.import);
  addRow('import again, nothing changed', suite.again, peer.again);
  addRow('delete', suite.delete, peer.delete);
  addRow('peer: import', peer.import);
  addRow('peer: import again', peer.again);
  addRow('peer: delete', peer.delete);
  addRow('import with codes and referrers', withCodesRun);
  addRow(`import ${shown(smallRun.rows)} rows`, smallRun);
  addRow(`import ${shown(largeRun.rows)} rows`, largeRun);
  console.table(table);

  const peakMb = Math.max(...[...Object.values(suite), withCodesRun, smallRun, largeRun].map((measurement) => measurement.peakMb));
  const targets: readonly (readonly [name: string, met: boolean])[] = [
    [`import is ${ratio(suite.import, peer.import)} the peer (at least 1.5 ×)`, rate(suite.import) >= 1.5 * rate(peer.import)],
    [
      `first outcome after ${shown(suite.import.firstOutcomeMs ?? 0)} ms (at most 2,000)`,
      (suite.import.firstOutcomeMs ?? Infinity) <= 2000,
    ],
    [`with codes after ${shown(withCodesRun.firstOutcomeMs ?? 0)} ms (at most 5,000)`, (withCodesRun.firstOutcomeMs ?? Infinity) <= 5000],
    [`peak memory of all runs ${shown(peakMb)} MB (under 500)`, peakMb < 500],
    [
      `peak memory of ${shown(largeRun.rows)} rows is ${(largeRun.peakMb / smallRun.peakMb).toFixed(2)} × that of ${shown(smallRun.rows)} (within 15 %)`,
      Math.abs(largeRun.peakMb / smallRun.peakMb - 1) <= 0.15,
    ],
  ];
  for (const [name, met] of targets) console.log(`${met ? 'met   ' : 'MISSED'} ${name}`);
  process.exitCode = targets.every(([, met]) => met) ? 0 : 1;
  rmSync(folder, { recursive: true, force: true });
}

function suiteRun(store: string, type: string, file: string): Measurement {
  return run('suite-run.ts', `${folder}/${store}`, type, file);
}

function peerRun(type: string, file: string): Measurement {
  return run('embedded-peer-run.ts', `${folder}/peer.db`, type, file);
}

function run(script: string, ...args: readonly string[]): Measurement {
  console.log(`${script.replace(/^.*?(peer|suite)-run.ts/, '$1')}: ${args.slice(1).join(' ')}`);
  const output = execFileSync(process.execPath, [`tools/bench/${script}`, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output) as Measurement;
}

function rate(measurement: Measurement): number {
  return measurement.rows / measurement.seconds;
}

function ratio(one: Measurement, other: Measurement): string {
  return `${(rate(one) / rate(other)).toFixed(2)} ×`;
}

function shown(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

function addRow(name: string, measurement: Measurement, other?: Measurement): void {
  table[name] = {
    'rows/s': shown(rate(measurement)),
    'CPU s per million rows': ((measurement.cpuSeconds / measurement.rows) * 1e6).toFixed(1),
    'peak MB': shown(measurement.peakMb),
    'first outcome ms': measurement.firstOutcomeMs === undefined ? '' : shown(measurement.firstOutcomeMs),
    'rows/s against the peer': other === undefined ? '' : ratio(measurement, other),
  };
}

/** Gives every row a code, and every second one the code of a row that comes later or came before. */
function* withCodes(lines: Iterable<string>, rows: number): Generator<string> {
  let number = -1;
  for (const line of lines) {
    const cells = line.trimEnd();
    if (number < 0) yield `${cells},referralCodes.default,referredBy.code\r\n`;
    else yield `${cells},CODE${number},${number % 2 === 0 ? '' : `CODE${(number * 7919) % rows}`}\r\n`;
    number += 1;
  }
}
