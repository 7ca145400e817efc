import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import type { Locator, Page } from 'playwright-core';

const patienceMs = 30_000;
/** More than any page has to stop at. */
const mostStops = 60;

/** A file to choose in a form. */
export interface ChosenFile {
  readonly name: string;
  readonly content: string;
}

/** A tab with the console, used by what people see: labels, headings, buttons. */
export class ConsoleTab implements AsyncDisposable {
  readonly page: Page;
  /** Errors of scripts, and what the content security policy forbade. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(patienceMs);
    // Without a listener the browser would open its own dialog.
    page.on('filechooser', () => {});
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      // A request that fails is for the page to show.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) this.complaints.push(message.text());
    });
  }

  /** Goes to a path of the console; resolves when it shows what it was asked for. */
  async goto(path: string): Promise<void> {
    await this.page.goto(path);
    await this.settled();
  }

  /** Resolves once nothing is loading. */
  async settled(): Promise<void> {
    await this.page.locator('main h1').waitFor();
    await this.page.locator('.skeleton, .is-loading').first().waitFor({ state: 'detached' });
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { name, level: 1 });
  }

  /** Goes to a page by its link in the head. */
  async visit(label: 'Import' | 'Imports & Exports' | 'Participants'): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: label, exact: true }).click();
    await this.heading(label).waitFor();
  }

  /** Fills the form of an import up to the button that starts it, which it answers. */
  async prepareImport(type: 'Users' | 'Delete Users', file: ChosenFile, name = ''): Promise<Locator> {
    await this.visit('Import');
    await this.page.getByRole('radio', { name: new RegExp(`^${type}`) }).check();
    await this.chooseFile(file);
    await this.page.getByLabel('Name of the job').fill(name);
    return this.page.getByRole('button', { name: type === 'Users' ? /^Import [\d,]+ row/ : /^Delete [\d,]+ user/ });
  }

  async chooseFile({ name, content }: ChosenFile): Promise<void> {
    await this.page.getByLabel(/Select a file/).setInputFiles({ name, mimeType: '', buffer: Buffer.from(content) });
  }

  /** Presses Tab, or Shift and Tab, until something of that name has the focus. Throws when it never gets it. */
  async tabTo(name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    const passed: string[] = [];
    while (passed.length < mostStops) {
      await this.press(key);
      const focused = await this.#focusedName();
      if (name.test(focused)) return;
      passed.push(focused.slice(0, 30));
    }
    throw new Error(`${name.source} is not reached by keyboard; these are: ${passed.join(', ')}`);
  }

  press(key: string): Promise<void> {
    return this.page.keyboard.press(key);
  }

  /** Opens the focused field's chooser as a keyboard does, and chooses the file. */
  async chooseFileByKeyboard({ name, content }: ChosenFile): Promise<void> {
    const opened = this.page.waitForEvent('filechooser');
    await this.press('Enter');
    await (await opened).setFiles({ name, mimeType: '', buffer: Buffer.from(content) });
  }

  /** What the focused element is called, as a screen reader would say it. */
  async #focusedName(): Promise<string> {
    const named = 'element.getAttribute("aria-label") ?? element.labels?.[0]?.innerText ?? element.innerText';
    return this.page.evaluate(`((element) => (${named}).trim().replace(/\\s+/g, ' '))(document.activeElement)`);
  }

  /** Confirms the deletion that the open dialog asks about, by typing the number of rows that it states. Answers the dialog's title. */
  async confirmDeletion(): Promise<string> {
    const dialog = this.page.getByRole('dialog');
    const title = await dialog.getByRole('heading').innerText();
    await dialog.getByLabel(/^Type the number of rows/).fill(/[\d,]+/.exec(title)?.[0] ?? '');
    await dialog.getByRole('button', { name: /^Delete/ }).click();
    return title;
  }

  /** Waits on the page of a job until it has a final status, which it answers as the page says it. */
  async jobEnd(): Promise<string> {
    const badge = this.page.locator('header .badge').filter({ hasText: /^(Completed|Aborted|Cancelled)/ });
    await badge.waitFor({ timeout: 2 * patienceMs });
    return badge.innerText();
  }

  /** The id of the job whose page is shown. */
  get jobId(): string {
    const [, id = ''] = /\/jobs\/([0-9a-f]{24})$/.exec(this.page.url()) ?? [];
    return id;
  }

  /** Downloads a file by its link. */
  async download(label: 'Results' | 'Errors' | 'Failed rows' | 'Original' | RegExp): Promise<Buffer> {
    const started = this.page.waitForEvent('download');
    await this.page.getByRole('link', { name: typeof label === 'string' ? new RegExp(`^${label}`) : label }).click();
    return readFile(await (await started).path());
  }

  /** Looks for a participant or an account. */
  async search(by: 'Account' | 'User id' | 'E-mail' | 'Referral code', value: string): Promise<void> {
    const form = this.page.getByRole('search');
    await form.getByLabel('Search by').selectOption(by);
    await form.getByRole('searchbox').fill(value);
    await form.getByRole('button', { name: 'Search' }).click();
    await this.settled();
  }

  /** What axe finds that keeps people from using the page in light or in dark, as `scheme, rule: what is wrong (where)`. */
  async audit(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      // Without motion no colour is on its way.
      await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const { violations } = await this.page.evaluate<axe.AxeResults>(`${axe.source}; axe.run({ resultTypes: ['violations'] })`);
      for (const { id, impact, help, nodes } of violations) {
        if (impact !== 'serious' && impact !== 'critical') continue;
        found.push(...nodes.map(({ target }) => `${colorScheme}, ${id}: ${help} (${target.join(' ')})`));
      }
    }
    return found;
  }

  /** When the tab first painted text or a picture, in milliseconds after it was asked to go where it is. */
  firstPaintMs(): Promise<number> {
    return this.page.evaluate(`new Promise((found) => {
      const look = (list) => list.getEntriesByName('first-contentful-paint').forEach(({ startTime }) => found(startTime));
      new PerformanceObserver(look).observe({ type: 'paint', buffered: true });
    })`);
  }

  /** Counts from now on what the console's own files weigh on their way, by path. */
  countBytes(): ReadonlyMap<string, number> {
    const bytes = new Map<string, number>();
    this.page.on('requestfinished', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/api/')) return;
      void request.sizes().then(({ responseBodySize }) => bytes.set(pathname, responseBodySize));
    });
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}
