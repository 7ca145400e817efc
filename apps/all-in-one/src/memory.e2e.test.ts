import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { deletionsFile, usersFile } from './testing/import-files.ts';
import { spawnSuite } from './testing/spawn-suite.ts';
import { temporaryFolder } from './testing/start-suite.ts';

/** The peak of a process's resident memory so far, in MB. */
function peakMb(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

describe('memory is flat in the size of the file', () => {
  // Only Linux tells another process's peak.
  test.runIf(process.platform === 'linux')(
    'under 500 MB for a whole process, through an import with codes, the same again and a deletion',
    async () => {
      const file = usersFile(60_000, 1);
      await using suite = await spawnSuite(await temporaryFolder());
      for (const content of [file.content, file.content]) {
        const { job } = await suite.client.importFile(content);
        expect(job).toMatchObject({ status: 'COMPLETED', stats: { recordsProcessed: 60_000 } });
      }
      const { job } = await suite.client.importFile(deletionsFile(file, 1), { type: 'USER_DELETIONS' });
      expect(job).toMatchObject({ status: 'COMPLETED', stats: { recordsProcessed: 40_000 } });
      const peak = peakMb(suite.pid);
      expect(peak).toBeGreaterThan(100);
      expect(peak).toBeLessThan(500);
    },
  );
});
