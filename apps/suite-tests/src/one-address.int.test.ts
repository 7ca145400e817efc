import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { kafkaBrokers, mongodbUri } from '@advocate/test-servers';
import { DistributedSuite } from './testing/distributed-suite.ts';

const kafka = kafkaBrokers();
const mongodb = mongodbUri();
const launcher = fileURLToPath(new URL('../../cli/bin/advocate.js', import.meta.url));

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe.skipIf(kafka === undefined || mongodb === undefined)('the address of ingestion', () => {
  test('is all that the command line needs', { timeout: 240_000 }, async () => {
    const suite = await DistributedSuite.start({ kafka: kafka!, mongodb: mongodb! });
    const server = `127.0.0.1:${(await suite.instances('ingestion')[0]!.serving).port}`;
    const folder = await mkdtemp(join(tmpdir(), 'advocate-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const advocate = (...args: readonly string[]): Promise<Ended> =>
      new Promise((resolve) => {
        const child = execFile(process.execPath, [launcher, ...args, '--server', server], { cwd: folder }, (_, stdout, stderr) =>
          resolve({ status: child.exitCode ?? -1, stdout, stderr }),
        );
      });
    const answer = async (...args: readonly string[]): Promise<unknown> => {
      const { status, stdout, stderr } = await advocate(...args, '--json');
      expect(status, stderr).toBe(0);
      return JSON.parse(stdout);
    };

    await writeFile(join(folder, 'users.csv'), 'accountId,id,email\na1,u1,u1@example.com\na1,u2,\na2,u3,nowhere\n');
    expect(await answer('segments', 'create', 'early')).toMatchObject({ key: 'early' });
    const imported = await advocate('import', 'users', 'users.csv', '--segment', 'early', '--out', 'out');
    expect(imported.status, imported.stderr).toBe(1);
    const jobId = /^Job ([0-9a-f]{24}) completed in .*: 3 rows, 1 failed\.$/m.exec(imported.stdout)?.[1];
    expect(await readFile(join(folder, 'out', `${jobId}.errors.csv`), 'utf8')).toMatch(/^4,/m);
    expect(await answer('participants', 'get', 'a1', 'u1')).toMatchObject({ id: 'u1', email: 'u1@example.com', segments: ['early'] });
    expect(await answer('accounts', 'get', 'a1')).toMatchObject({ participants: [{ id: 'u1' }, { id: 'u2' }] });
    await writeFile(join(folder, 'leavers.csv'), 'accountId,id\na1,u1\na1,u2\n');
    expect(await answer('import', 'deletions', 'leavers.csv')).toMatchObject({ status: 'COMPLETED', stats: { deleted: 2 } });
    expect(await advocate('accounts', 'get', 'a1')).toMatchObject({ status: 2, stdout: '' });
    expect((await advocate('jobs', 'list')).stdout.match(/COMPLETED/g)).toHaveLength(2);
  });
});
