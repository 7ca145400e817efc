import type { ConsoleTab } from '@advocate/console/testing';
import { expect } from 'vitest';
import { parent, type SuiteClient, until } from './suite-client.ts';

/** A suite with a console. */
export interface ConsoleSuite {
  /** Of the suite as it runs at the moment. */
  readonly client: SuiteClient;
  /** SIGKILLs whoever answers the console, or the browser. */
  kill(): Promise<void>;
  /** Starts what was killed again, at the same address. */
  revive(): Promise<void>;
  /** Has jobs stand still where rows of users would be applied next, until it is disposed. */
  hold(): Promise<AsyncDisposable>;
}

const people = 2_000;
const accountOf = (row: number): string => `acme-${String(row).padStart(4, '0')}`;
const sample = [
  'accountId,id,firstName,email,locale,customFields.plan',
  ...Array.from({ length: people }, (_, row) => `${accountOf(row)},bo,Bo ${row},bo${row}@example.com,en_CA,gold`),
  'acme-0000,chidi,Chidi,no address,en_CA,gold',
  'acme-0001,dana,Dana,no address either,en_CA,gold',
  'acme-0002,elodie,Élodie,elodie@example.com,french,silver',
].join('\n');
const leavers = ['accountId,id', ...Array.from({ length: people }, (_, row) => `${accountOf(row)},bo`)].join('\n');

/** Imports people whom nobody knows yet: sees the preview, follows the job to its end, opens the errors, and downloads what gRPC downloads. */
export async function importPeople(tab: ConsoleTab, suite: ConsoleSuite): Promise<void> {
  await tab.goto('/');
  await tab.page.getByRole('link', { name: 'Import the first file' }).click();
  const start = await tab.prepareImport('Users', { name: 'people.csv', content: sample }, 'People');
  await start.waitFor();
  const preview = await tab.page.getByRole('region', { name: 'Preview', exact: true }).innerText();
  expect(preview).toMatch(/2,003 rows in CSV, 6 columns.*customFields\.plan.*bo7@example\.com/s);

  await start.click();
  await tab.heading('People').waitFor();
  expect(await tab.jobEnd()).toBe('Completed with errors');
  const errors = tab.page.getByRole('region', { name: 'Why rows failed' });
  await errors.getByText('no address either').waitFor();
  await errors.getByText('The provided locale field is an invalid locale.').click();
  await errors.getByText('french').waitFor();
  await expectSameFile(tab, suite, 'Results');
  await expectSameFile(tab, suite, 'Errors');
  await expectSameFile(tab, suite, 'Failed rows');
  await expectSameFile(tab, suite, 'Original');
}

/** Deletes the same people, after confirming how many they are, and looks for an account of them before and after. */
export async function deletePeople(tab: ConsoleTab, suite: ConsoleSuite): Promise<void> {
  await tab.visit('Participants');
  await tab.search('Account', accountOf(42));
  await tab.page.getByText('bo42@example.com').waitFor();

  const start = await tab.prepareImport('Delete Users', { name: 'leavers.csv', content: leavers });
  await start.click();
  const dialog = tab.page.getByRole('dialog', { name: 'Delete 2,000 users?' });
  await dialog.getByText('The file has 2,000 rows.').waitFor();
  expect(await dialog.getByRole('button', { name: 'Delete 2,000 users' }).isDisabled()).toBe(true);
  await tab.confirmDeletion();
  expect(await tab.jobEnd()).toBe('Completed');
  await expectSameFile(tab, suite, 'Results');

  await tab.visit('Participants');
  await tab.search('Account', accountOf(42));
  await tab.heading('Account not found').waitFor();
}

/** Meets a server that dies in the middle of a job of so many rows: the page says so, and goes on by itself when it is back. */
export async function outlastServer(tab: ConsoleTab, suite: ConsoleSuite, rows: number): Promise<void> {
  const content = `accountId,id\n${Array.from({ length: rows }, (_, row) => `crowd-${row},u`).join('\n')}\n`;
  const start = await tab.prepareImport('Users', { name: 'crowd.csv', content }, 'Crowd');
  const held = await suite.hold();
  await start.click();
  await tab.heading('Crowd').waitFor();
  const badge = tab.page.locator('header .badge');
  await badge.getByText('Running').waitFor();
  const name = `${parent}/importJobs/${tab.jobId}`;
  await held[Symbol.asyncDispose]();
  const isInItsMiddle = async (): Promise<true | undefined> =>
    ((await suite.client.job(name)).stats?.recordsProcessed ?? 0) > 0 || undefined;
  await until(isInItsMiddle, 'the first outcomes');
  await suite.kill();
  const away = tab.page.getByText('The server does not answer.');
  await away.waitFor();
  expect(await badge.innerText()).toBe('Running');

  await suite.revive();
  await away.waitFor({ state: 'hidden' });
  expect(await tab.jobEnd()).toBe('Completed');
  const { stats } = await suite.client.job(name);
  expect(stats).toMatchObject({ recordsProcessed: rows, created: rows });
  expect(await tab.page.getByRole('region', { name: 'Rows' }).innerText()).toContain(`${rows.toLocaleString('en-GB')} rows in `);
  await expectSameFile(tab, suite, 'Results');
}

const kinds = { Results: 'RESULTS', Errors: 'ERRORS', 'Failed rows': 'FAILED_ROWS', Original: 'SOURCE' } as const;

/** A file of the job whose page is shown is the same, byte by byte, from the page and from gRPC. */
async function expectSameFile(tab: ConsoleTab, suite: ConsoleSuite, label: keyof typeof kinds): Promise<void> {
  const { content } = await suite.client.download(`${parent}/importJobs/${tab.jobId}`, kinds[label]);
  expect(content.length).toBeGreaterThan(0);
  expect((await tab.download(label)).equals(content), label).toBe(true);
}
