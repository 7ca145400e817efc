import { ConsoleBrowser, type ConsoleTab } from '@advocate/console/testing';
import type { Suite } from './start-suite.ts';
import { startSuite } from './start-suite.ts';

/** A suite with its console, and a browser beside it. */
export interface OpenConsole extends AsyncDisposable {
  readonly suite: Suite;
  readonly browser: ConsoleBrowser;
  /** A tab for the console, which nothing is shown in yet. */
  openTab(): Promise<ConsoleTab>;
}

/** Starts a suite with its console in this process, and a browser by its command. */
export async function openConsole(chromium: string): Promise<OpenConsole> {
  await using opened = new AsyncDisposableStack();
  const suite = opened.use(await startSuite({ console: { host: '127.0.0.1', port: 0, tenant: 'default' }, now: Date.now }));
  const browser = opened.use(await ConsoleBrowser.launch(chromium));
  const resources = opened.move();
  return {
    suite,
    browser,
    openTab: () => browser.openTab(suite.consoleUrl ?? ''),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
