import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { AllInOneOptions } from '../start-all-in-one.ts';
import { doNotTrackSecret, testNow } from './start-suite.ts';
import { SuiteClient } from './suite-client.ts';

/** A suite in another process, which can be killed as a failing computer would. */
export interface SpawnedSuite extends AsyncDisposable {
  readonly client: SuiteClient;
  /** Its gRPC port. */
  readonly port: number;
  readonly pid: number;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Starts a suite in a process of its own. Disposing kills it. Throws what the process had to say when it does not come to serve. */
export async function spawnSuite(dataDir: string, options: Omit<Partial<AllInOneOptions>, 'now' | 'dataDir'> = {}): Promise<SpawnedSuite> {
  const argument = JSON.stringify({ logLevel: 'error', doNotTrackSecret, ...options, dataDir, now: testNow });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'suite.fixture.ts'), argument], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString();
    process.stderr.write(text);
  });
  const lines = createInterface(child.stdout);
  const port = await Promise.race([once(lines, 'line').then(([line]) => Number(line)), exit.then(() => undefined)]);
  if (port === undefined) throw new Error(`The suite did not start: ${said}`);
  const client = new SuiteClient(port);
  const kill = async (): Promise<void> => {
    client[Symbol.dispose]();
    child.kill('SIGKILL');
    await exit;
  };
  return { client, port, pid: child.pid ?? 0, kill, [Symbol.asyncDispose]: kill };
}
