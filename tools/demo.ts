/** The main job as a user would do it, with the CLI and no server: imports users from CSV and JSONL, deletes some, and shows what came of it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { deletionsCsv, range, usersCsv, usersJsonl, writeLines } from './sample-files.ts';

const folder = 'demo-data';
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);

/** Mistakes as they happen in real files, in a few rows. */
const mistakes: Readonly<Record<number, Parameters<typeof usersCsv>[2]>> = {
  41: () => ({ id: '' }),
  1234: () => ({ email: 'ada@example' }),
  2500: () => ({ locale: 'en' }),
  7777: () => ({ referable: 'yes' }),
  9000: () => ({ countryCode: 'XX' }),
};

await writeLines(
  `${folder}/users.csv`,
  usersCsv(0, 10_000, (user, number) => mistakes[number]?.(user, number) ?? {}),
);
await writeLines(`${folder}/more-users.jsonl`, usersJsonl(10_000, 11_000));
// The last one was never imported.
await writeLines(`${folder}/leavers.csv`, deletionsCsv([...range(0, 2000, 4), 99_999]));

const store = ['--data', `${folder}/store`, '--out', `${folder}/results`];
advocate('import', 'users', `${folder}/users.csv`, '--name', 'Spring campaign', ...store);
advocate('import', 'users', `${folder}/more-users.jsonl`, ...store);
advocate('import', 'deletions', `${folder}/leavers.csv`, '--name', 'Leavers', ...store);
advocate('jobs', 'list', '--data', `${folder}/store`);

function advocate(...args: readonly string[]): void {
  console.log(`\n$ npx advocate ${args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg)).join(' ')}`);
  const { status } = spawnSync(process.execPath, ['apps/cli/bin/advocate.js', ...args], { stdio: 'inherit' });
  if (status === null || status > 1) {
    console.error(`The command ended with status ${String(status)}`);
    process.exit(1);
  }
}
