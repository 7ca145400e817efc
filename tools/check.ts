/** Runs every check that needs no test, and names those that failed. `npm run check`. */
import { spawnSync } from 'node:child_process';

const checks: Readonly<Record<string, readonly string[]>> = {
  'project references': ['nx', 'sync:check'],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
  'proto format': ['buf', 'format', '--diff', '--exit-code'],
  'proto lint': ['buf', 'lint'],
  'generated code': ['node', 'tools/generate.ts', '--check'],
  'generated docs': ['node', 'tools/generate-docs.ts', '--check'],
  types: ['tsc', '--build'],
  'types of tools': ['tsc', '--project', 'tools', '--noEmit'],
  'types of examples': ['tsc', '--project', 'examples', '--noEmit'],
  'lint and boundaries': ['eslint', '.', '--max-warnings', '0'],
  'unused code': ['knip'],
};

const failed = Object.entries(checks).filter(([name, [command = '', ...args]]) => {
  process.stdout.write(`${name} … `);
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, NX_DAEMON: 'false' } });
  console.log(`${status === 0 ? 'ok' : 'FAILED'} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (status !== 0) console.log(`${stdout}${stderr}`);
  return status !== 0;
});

if (failed.length > 0) {
  console.log(`Failed: ${failed.map(([name]) => name).join(', ')}`);
  process.exitCode = 1;
}
