import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AllInOneOptions } from '../start-all-in-one.ts';
import { startAllInOne } from '../start-all-in-one.ts';
import type { Import, JobOptions } from './suite-client.ts';
import { SuiteClient } from './suite-client.ts';

/** The time that all clocks of the tests show, so that two runs can be compared. */
export const testNow = 1_767_225_600_000;
export const doNotTrackSecret = 'a secret for tests';

/** A new folder under the system's own, gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const dir = await newFolder();
  onTestFinished(() => removeFolder(dir));
  return dir;
}

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'advocate-'));
const removeFolder = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true });

export interface Suite extends AsyncDisposable {
  readonly dataDir: string;
  readonly port: number;
  readonly consoleUrl: string | undefined;
  readonly client: SuiteClient;
  importFile(content: string | Uint8Array, options?: JobOptions): Promise<Import>;
}

/** Starts a suite in this process, with a clock that stands still; disposing stops it as SIGTERM would. A folder that was not given goes with it. */
export async function startSuite(options: Partial<AllInOneOptions> = {}): Promise<Suite> {
  const dataDir = options.dataDir ?? (await newFolder());
  const suite = await startAllInOne({ logLevel: 'silent', doNotTrackSecret, now: () => testNow, ...options, dataDir });
  const client = new SuiteClient(suite.grpcPort);
  return {
    dataDir,
    port: suite.grpcPort,
    consoleUrl: suite.consoleUrl,
    client,
    importFile: (content, jobOptions) => client.importFile(content, jobOptions),
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      await suite[Symbol.asyncDispose]();
      if (options.dataDir === undefined) await removeFolder(dataDir);
    },
  };
}
