import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chromiumForTests, type ConsoleTab } from '@advocate/console/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { holdWrites } from './testing/hold-writes.ts';
import type { OpenConsole } from './testing/open-console.ts';
import { openConsole } from './testing/open-console.ts';

const chromium = chromiumForTests();
const users = `accountId,id,firstName,emial,locale
acme,bo,Bo,bo@example.com,en_CA
acme,li,Li,li@example.com,fr_CA
other,bo,Bo,,french
`;
const file = { name: 'users.csv', content: users };

describe.skipIf(chromium === undefined)('the console', () => {
  let opened: OpenConsole;
  let tab: ConsoleTab;
  beforeAll(async () => {
    opened = await openConsole(chromium!);
  });
  afterAll(() => opened[Symbol.asyncDispose]());
  beforeEach(async () => {
    tab = await opened.openTab();
  });
  afterEach(() => {
    expect(tab.complaints).toEqual([]);
  });

  /** Of axe, and serious; each with the state in which it was found. */
  const found: string[] = [];
  const audit = async (state: string): Promise<void> => {
    for (const finding of await tab.audit()) found.push(`${state}: ${finding}`);
  };

  describe('has nothing that axe calls serious, in light or in dark, and no script or style that fails or is forbidden,', () => {
    afterEach(() => expect(found.splice(0)).toEqual([]));

    test('on the pages of imports that have not begun', async () => {
      await tab.goto('/');
      await audit('no jobs');
      await tab.goto('/t/default/jobs?status=ABORTED');
      await audit('no job that fits');
      await tab.visit('Import');
      await audit('no file');
      await tab.chooseFile({ name: 'users.xlsx', content: 'PK' });
      await tab.page.getByRole('alert').getByText('Save it as CSV').waitFor();
      await audit('a file that is none');
      await tab.chooseFile({ name: 'users.csv', content: 'name,id\nBo,bo\n' });
      await tab.page.getByText('This file cannot be imported as it is').waitFor();
      await audit('a header without a required column');
      await tab.goto('/');
      await (await tab.prepareImport('Users', file)).waitFor();
      await tab.page.getByRole('button', { name: 'Check all rows' }).click();
      await tab.page.getByText('1 of 3 rows would fail').waitFor();
      await audit('a preview with errors');
      await tab.goto('/');
      await (await tab.prepareImport('Delete Users', { name: 'leavers.csv', content: 'accountId,id\nacme,bo\n' })).click();
      await tab.page.getByRole('dialog').waitFor();
      await audit('the confirmation of a deletion');
    });

    test('on the pages of jobs in each state', async () => {
      await tab.goto('/');
      await (await tab.prepareImport('Users', file)).click();
      expect(await tab.jobEnd()).toBe('Completed with errors');
      await tab.page.locator('.plot canvas').waitFor();
      await audit('failed rows');
      await tab.page.getByRole('button', { name: 'Delete job' }).click();
      await audit('the deletion of a job');
      await tab.page.keyboard.press('Escape');
      const { pathname } = new URL(tab.page.url());

      using held = holdWrites(opened.suite.dataDir, 'participants.db');
      await (await tab.prepareImport('Users', file, 'Held')).click();
      await tab.page.getByText('Running', { exact: true }).waitFor();
      await audit('a running job');
      await tab.page.getByRole('button', { name: /^Cancel/ }).click();
      await audit('the cancellation of a job');
      await tab.page.getByRole('button', { name: 'Let it run' }).click();
      await tab.visit('Imports & Exports');
      await tab.settled();
      await audit('jobs, one of them running');
      await rm(join(opened.suite.dataDir, 'files', 'imports'), { recursive: true });
      held[Symbol.dispose]();
      await tab.page.getByRole('link', { name: 'Held' }).click();
      expect(await tab.jobEnd()).toBe('Aborted');
      await tab.page.getByText('The file as it was uploaded is gone.').waitFor();
      expect(await tab.page.getByRole('link', { name: /^(Original|Failed rows)/ }).count()).toBe(0);
      await audit('an aborted job');

      await tab.page.addInitScript('{ const now = Date.now; Date.now = () => now() + 31 * 24 * 3600 * 1000; }');
      await tab.goto(pathname);
      await tab.page.getByText('Files expired', { exact: true }).waitFor();
      await audit('a job whose files expired');
      await tab.goto('/t/default/jobs/000000000000000000000000');
      await audit('no such job');
    });

    test('on the pages of participants', async () => {
      await opened.suite.importFile(users);
      await tab.goto('/t/default/participants');
      await audit('no search');
      await tab.search('User id', 'bo');
      await audit('people who were found');
      await tab.search('E-mail', 'nobody@example.com');
      await audit('nobody');
      await tab.search('Account', 'acme');
      await tab.page.getByRole('region', { name: 'Referrals' }).getByText('None yet').waitFor();
      await audit('an account');
      await tab.search('Account', 'nowhere');
      await audit('no such account');
      await tab.goto('/t/default/nowhere');
      await audit('no such page');
      await tab.goto('/t/%E0/jobs');
      await tab.heading('Page not found').waitFor();
      await audit('an address that cannot be read');
    });

    test('while it waits, and while the server is away', async () => {
      await tab.page.route('**/importJobs*', () => {});
      await tab.page.goto('/');
      await tab.page.locator('.skeleton').waitFor();
      await audit('loading');
      await tab.page.unroute('**/importJobs*');
      await tab.page.route('**/api/**', (route) => route.abort());
      await tab.page.goto('/t/default/jobs');
      await tab.page.getByText('The server does not answer.').waitFor();
      await audit('away');
    });
  });

  test('is used by keyboard alone: a file is imported, its results are downloaded, and its people are deleted', async () => {
    await tab.goto('/');
    await tab.tabTo(/^New import/);
    await tab.press('Enter');
    await tab.heading('Import').waitFor();
    await tab.tabTo(/^Select a file/);
    await tab.chooseFileByKeyboard({ name: 'kim.csv', content: 'accountId,id\nkeys,kim\n' });
    await tab.tabTo(/^Name of the job/);
    await tab.page.keyboard.type('Kim');
    const start = tab.page.getByRole('button', { name: 'Import 1 row' });
    await start.waitFor();
    await tab.press('Enter');
    await tab.heading('Kim').waitFor();
    expect(await tab.jobEnd()).toBe('Completed');
    const downloaded = tab.page.waitForEvent('download');
    await tab.tabTo(/^Results/);
    await tab.press('Enter');
    expect((await downloaded).suggestedFilename()).toBe(`${tab.jobId}.results.csv`);

    await tab.tabTo(/^Import$/, 'Shift+Tab');
    await tab.press('Enter');
    await tab.heading('Import').waitFor();
    await tab.tabTo(/^Users/);
    await tab.press('ArrowDown');
    await tab.tabTo(/^Select a file/);
    await tab.chooseFileByKeyboard({ name: 'kim.csv', content: 'accountId,id\nkeys,kim\n' });
    await tab.page.getByRole('button', { name: 'Delete 1 user' }).waitFor();
    await tab.tabTo(/^Delete 1 user/);
    await tab.press('Enter');
    await tab.page.getByRole('dialog').waitFor();
    await tab.press('Escape');
    await tab.page.getByRole('dialog').waitFor({ state: 'detached' });
    // The focus is back on the button.
    await tab.press('Enter');
    await tab.tabTo(/^Type the number of rows/);
    await tab.page.keyboard.type('1');
    await tab.press('Enter');
    expect(await tab.jobEnd()).toBe('Completed');
  });
});
