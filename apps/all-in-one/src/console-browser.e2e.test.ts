import { chromiumForTests, ConsoleBrowser } from '@advocate/console/testing';
import { describe, expect, test } from 'vitest';
import { openConsole } from './testing/open-console.ts';
import { spawnAllInOne } from './testing/spawn-all-in-one.ts';
import { temporaryFolder } from './testing/start-suite.ts';
import { deletePeople, importPeople, outlastServer } from './testing/use-console.ts';

const chromium = chromiumForTests();

describe.skipIf(chromium === undefined)('the console in a browser', () => {
  test('does the whole job, and outlasts a server that is killed', async () => {
    await using suite = await spawnAllInOne(await temporaryFolder());
    await using browser = await ConsoleBrowser.launch(chromium!);
    const tab = await browser.openTab(suite.url);
    await importPeople(tab, suite);
    await deletePeople(tab, suite);
    await outlastServer(tab, suite, 60_000);
    expect(tab.complaints).toEqual([]);
  });

  test('shows what files say as text, whatever it is', async () => {
    await using opened = await openConsole(chromium!);
    const tab = await opened.openTab();
    const picture = '<img src=x onerror=owned=1>';
    const script = '<script>owned=1</script>';
    const rows = [
      `accountId,id,firstName,lastName,email,imageUrl,customFields.plan,${picture}`,
      `${script},${picture},${picture},${script},,javascript:owned=1,${picture},ignored`,
      `acme,${script},,,${picture},,,`,
    ];
    const expectText = async (...texts: readonly string[]): Promise<void> => {
      for (const text of texts) await tab.page.locator('main').getByText(text).first().waitFor();
      expect(await tab.page.locator('img, script:not([src]), a[href^="javascript:" i]').count()).toBe(0);
      expect(await tab.page.evaluate('globalThis.owned')).toBeUndefined();
    };

    await tab.goto('/');
    const start = await tab.prepareImport('Users', { name: `${picture}.csv`, content: rows.join('\n') }, script);
    await start.waitFor();
    await expectText(picture, script);
    await start.click();
    expect(await tab.jobEnd()).toBe('Completed with errors');
    await tab.page.getByRole('region', { name: 'Why rows failed' }).getByText(picture).waitFor();
    await expectText(picture, script);
    await tab.visit('Imports & Exports');
    await expectText(script);
    await tab.visit('Participants');
    await tab.search('User id', picture);
    await expectText(picture);
    await tab.search('Account', script);
    await expectText(picture, script, 'javascript:owned=1');
    await tab.search('Account', picture);
    await expectText(picture);
    expect(tab.complaints).toEqual([]);
  });
});
