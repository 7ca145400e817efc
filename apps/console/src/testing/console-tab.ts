import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import type { Locator, Page } from 'playwright-core';

const patienceMs = 30_000;

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

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(patienceMs);
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      // A request that fails is for the page to show.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) this.complaints.push(message.text());
    });
  }

  static async open(page: Page): Promise<ConsoleTab> {
    const tab = new ConsoleTab(page);
    const report = 'console.error(`Forbidden by ${event.violatedDirective}: ${event.blockedURI}`)';
    await page.addInitScript(`addEventListener('securitypolicyviolation', (event) => ${report})`);
    return tab;
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
  async download(label: 'Results' | 'Errors' | 'Original' | RegExp): Promise<Buffer> {
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

  /** What axe finds that keeps people from using the page, as `rule: what is wrong (where)`. */
  async audit(): Promise<readonly string[]> {
    // Colours on their way are nobody's fault.
    await this.page.evaluate('Promise.allSettled(document.getAnimations().map((animation) => animation.effect.getTiming().iterations === Infinity || animation.finished))');
    const { violations } = await this.page.evaluate<{ readonly violations: readonly axe.Result[] }>(
      `${axe.source}; axe.run({ resultTypes: ['violations'] })`,
    );
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} (${target.join(' ')})`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}
