/**
 * Measures the suite on the distributed engine, four processes over one Kafka and one MongoDB, and the peer on the same server in the same run:
 * `npm run bench -- --engine distributed [--rows N]`. The servers are those that KAFKA_BROKERS and MONGODB_URI name, or else containers.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { startKafka, startMongodb } from '@advocate/test-servers';
import { deletionsCsv, range, usersCsv, writeLines } from '../sample-files.ts';
import { runJob } from './bulk-client.ts';
import type { ServiceCost } from './service-processes.ts';
import { startServices } from './service-processes.ts';

interface Run {
  readonly rows: number;
  readonly seconds: number;
  readonly services?: readonly ServiceCost[];
  readonly peer?: { readonly cpuSeconds: number; readonly peakMb: number };
}

const folder = 'bench-data';
const partitions = 4;
const warmUpRows = 50_000;

export async function benchDistributed(rows: number): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const kafka = process.env.KAFKA_BROKERS ?? resources.use(await startKafka()).address;
  const mongodb = process.env.MONGODB_URI ?? resources.use(await startMongodb()).address;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  resources.defer(() => rmSync(folder, { recursive: true, force: true }));
  console.log(`Writing files of ${shown(rows)} users …`);
  const files = await writeFiles('', 0, rows);
  const warmUp = await writeFiles('warm-up-', rows, rows + warmUpRows);

  const name = `bench-${Date.now()}`;
  const services = resources.use(await startServices({ kafka, mongodb, name, partitions, folder }));
  const measured = async (type: string, file: string): Promise<Run> => {
    const before = services.reset();
    const started = performance.now();
    const { rows: applied } = await runJob(services.grpcPort, type, file);
    return { rows: applied, seconds: (performance.now() - started) / 1000, services: services.since(before) };
  };
  const peer = (type: string, file: string): Run => {
    console.log(`peer: ${type} ${file}`);
    const output = execFileSync(process.execPath, ['tools/bench/distributed-peer-run.ts', mongodb, `${name}-peer`, type, file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { cpuSeconds, peakMb, ...run } = JSON.parse(output) as Run & NonNullable<Run['peer']>;
    return { ...run, peer: { cpuSeconds, peakMb } };
  };

  // The services are compiled and the server has its caches by then, as when they have run for a while; the peer is a script that is started for each file.
  const warm = async ([, type, file]: Step): Promise<void> => {
    peer(type, file);
    await runJob(services.grpcPort, type, file);
  };
  const [imported, again, deleted] = stepsOf(warmUp);
  await warm(imported);
  await warm(again);
  const steps = stepsOf(files);
  const table: Record<string, Record<string, string>> = {};
  const ratios = new Map<string, number>();
  for (const [step, type, file] of steps) {
    // Not before: the server clears up after deletions for a minute, at the cost of whatever comes next.
    if (type === 'USER_DELETIONS') await warm(deleted);
    const other = peer(type, file);
    console.log(`suite: ${type} ${file}`);
    const run = await measured(type, file);
    ratios.set(step, rate(run) / rate(other));
    table[step] = { 'rows/s': shown(rate(run)), 'rows/s against the peer': `${(ratios.get(step) ?? 0).toFixed(2)} ×` };
    for (const { service, cpuSeconds, peakMb } of run.services ?? []) table[`  ${step}: ${service}`] = cost(run, cpuSeconds, peakMb);
    table[`peer: ${step}`] = { 'rows/s': shown(rate(other)), ...cost(other, other.peer?.cpuSeconds ?? 0, other.peer?.peakMb ?? 0) };
  }
  console.table(table);
  const targets = steps
    .slice(0, 2)
    .map(
      ([step]) => [`${step} is ${(ratios.get(step) ?? 0).toFixed(2)} × the peer (at least 0.7 ×)`, (ratios.get(step) ?? 0) >= 0.7] as const,
    );
  for (const [target, met] of targets) console.log(`${met ? 'met   ' : 'MISSED'} ${target}`);
  process.exitCode = targets.every(([, met]) => met) ? 0 : 1;
}

interface Files {
  readonly users: string;
  readonly deletions: string;
}

/** Writes files of the users from one number to another. */
async function writeFiles(prefix: string, from: number, to: number): Promise<Files> {
  const files = { users: `${folder}/${prefix}users.csv`, deletions: `${folder}/${prefix}deletions.csv` };
  await writeLines(files.users, usersCsv(from, to));
  await writeLines(files.deletions, deletionsCsv(range(from, to)));
  return files;
}

const stepsOf = ({ users, deletions }: Files) =>
  [
    ['import', 'USERS', users],
    ['import again, nothing changed', 'USERS', users],
    ['delete', 'USER_DELETIONS', deletions],
  ] as const;

type Step = ReturnType<typeof stepsOf>[number];

const rate = (run: Run): number => run.rows / run.seconds;
const shown = (number: number): string => Math.round(number).toLocaleString('en-US');
const cost = (run: Run, cpuSeconds: number, peakMb: number): Record<string, string> => ({
  'CPU s per million rows': ((cpuSeconds / run.rows) * 1e6).toFixed(1),
  'peak MB': shown(peakMb),
});
