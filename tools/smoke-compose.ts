/**
 * The distributed suite as an operator runs it: builds the image, starts everything with Docker Compose, imports and deletes users with the command line,
 * scales, stops and starts again, and removes it all. Without Docker Compose it says so and ends with 0. `node tools/smoke-compose.ts [REPORT]`; the
 * report counts it as one test, for tools/count-tests.ts.
 */
import { match, partialDeepStrictEqual } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deletionsCsv, range, sampleUser, usersCsv, writeLines } from './sample-files.ts';

const timeout = 10 * 60_000;
const port = await freePort();
const consolePort = await freePort();
const environment = {
  ...process.env,
  COMPOSE_PROJECT_NAME: 'advocate-bulk-smoke',
  ADVOCATE_PORT: String(port),
  ADVOCATE_CONSOLE_PORT: String(consolePort),
  ADVOCATE_KAFKA_PORT: String(await freePort()),
};
const folder = mkdtempSync(join(tmpdir(), 'advocate-smoke-'));
const file = (name: string): string => join(folder, name);

const hasCompose = ['info', 'compose version'].every((args) => spawnSync('docker', args.split(' ')).status === 0);
if (hasCompose) {
  const passed = await smoke();
  report({ numPassedTests: passed ? 1 : 0, numFailedTests: passed ? 0 : 1 });
  process.exitCode = passed ? 0 : 1;
} else {
  console.log('Skipped: the smoke test of docker-compose.yml, which needs Docker with Compose.');
  report({ numPendingTests: 1 });
}
rmSync(folder, { recursive: true });

async function smoke(): Promise<boolean> {
  compose('down', '--volumes', '--remove-orphans');
  try {
    await step('build', () => compose('build'));
    await useSuite();
    console.log('The smoke test of docker-compose.yml passed.');
    return true;
  } catch (error) {
    console.error(error);
    console.error(compose('logs', '--tail', '30'));
    console.error('The smoke test of docker-compose.yml failed.');
    return false;
  } finally {
    await step('remove', () => compose('down', '--volumes', '--remove-orphans'));
  }
}

async function useSuite(): Promise<void> {
  await writeLines(file('users.csv'), usersCsv(0, 5_000));
  await writeLines(file('leavers.csv'), deletionsCsv([...range(0, 5_000, 10), 99_999]));
  await writeLines(file('more-users.csv'), usersCsv(0, 15_000));

  await step('start, until all are healthy', () => compose('up', '--detach', '--wait'));
  await step('import 5,000 users', () => {
    const job = importFile('users', 'users.csv', '--mail-to', 'ada@example.com');
    partialDeepStrictEqual(job, { status: 'COMPLETED', stats: { recordsProcessed: 5_000, created: 5_000 } });
    match(readFileSync(file(`${job.id}.results.csv`), 'utf8'), /^([^\n]+\n){5001}$/);
    match(compose('exec', '-T', 'notification', 'cat', `/data/mail/${job.id}.eml`), /^To: ada@example\.com\r?$/m);
  });
  await step('open the console', async () => {
    partialDeepStrictEqual(await askConsole('/api/status'), { tenant: 'default', serving: true });
    partialDeepStrictEqual(await askConsole('/api/tenants/default/importJobs'), { importJobs: [{ status: 'COMPLETED' }] });
    match(await (await fetch(`http://localhost:${consolePort}/`)).text(), /<script type="module" [^>]*src="\/assets\//);
  });
  await step('delete 500 of them', () => {
    const job = importFile('deletions', 'leavers.csv');
    partialDeepStrictEqual(job, { status: 'COMPLETED', stats: { recordsProcessed: 501, deleted: 500, errors: 1 } });
  });
  await step('scale to four participants', () => compose('up', '--detach', '--wait', '--scale', 'participant=4'));
  await step('import 15,000 users, 4,500 of them known', () => {
    const job = importFile('users', 'more-users.csv');
    partialDeepStrictEqual(job, { status: 'COMPLETED', stats: { recordsProcessed: 15_000, created: 10_500, unchanged: 4_500 } });
  });
  await step('stop and start', () => {
    compose('stop');
    compose('up', '--detach', '--wait');
  });
  await step('read an account', () => {
    const { accountId, id, email } = sampleUser(1);
    partialDeepStrictEqual(advocate('accounts', 'get', accountId), { id: accountId, participants: [{ id, email }] });
  });
}

function importFile(type: 'users' | 'deletions', name: string, ...options: readonly string[]): { readonly id: string } {
  return advocate('import', type, file(name), '--out', folder, ...options) as { readonly id: string };
}

/** The document that the command line answers, also when rows have failed. */
function advocate(...args: readonly string[]): object {
  const command = ['apps/cli/bin/advocate.js', ...args, '--json', '--server', `localhost:${port}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', timeout });
  if (status !== 0 && status !== 1) throw new Error(`advocate ${args.join(' ')} ended with status ${status}: ${stderr}`);
  return JSON.parse(stdout) as object;
}

async function askConsole(path: string): Promise<object> {
  return (await (await fetch(`http://localhost:${consolePort}${path}`)).json()) as object;
}

function compose(...args: readonly string[]): string {
  const options = { encoding: 'utf8', env: environment, timeout, maxBuffer: 1 << 28 } as const;
  const { status, stdout, stderr } = spawnSync('docker', ['compose', ...args], options);
  if (status !== 0) throw new Error(`docker compose ${args.join(' ')} ended with status ${status}:\n${stdout}${stderr}`);
  return stdout;
}

async function step(name: string, act: () => unknown): Promise<void> {
  process.stdout.write(`${name} … `);
  const started = performance.now();
  await act();
  console.log(`ok (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

function report(counts: Readonly<Record<string, number>>): void {
  const [, , target] = process.argv;
  if (target !== undefined) writeFileSync(target, JSON.stringify(counts));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}
