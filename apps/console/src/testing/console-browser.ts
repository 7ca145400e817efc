import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import { ConsoleTab } from './console-tab.ts';

/** A browser without windows, in which the console is used as people use it. */
export class ConsoleBrowser implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Starts the browser at a path. Disposing ends it. */
  static async launch(executablePath: string): Promise<ConsoleBrowser> {
    // Containers have no user namespaces for the sandbox, and little shared memory.
    return new ConsoleBrowser(await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] }));
  }

  /** Opens a tab on a console, with a session, a cache and a storage of its own. */
  async openTab(url: string, options: BrowserContextOptions = {}): Promise<ConsoleTab> {
    const context = await this.#browser.newContext({ baseURL: url, locale: 'en-GB', timezoneId: 'UTC', ...options });
    return new ConsoleTab(await context.newPage());
  }

  /** What the main thread of a tab does until the measurement ends. */
  async measureTasks({ page }: ConsoleTab): Promise<{ end(): Promise<LongestTasks> }> {
    await this.#browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] });
    return { end: async () => longestTasks((await this.#browser.stopTracing()).toString()) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#browser.close();
  }
}

/** The longest tasks of a page's main thread, in milliseconds. */
export interface LongestTasks {
  /** By the processor time that the task took itself. */
  readonly processor: number;
  /** By the clock on the wall, with the time in which others had the processor. */
  readonly wall: number;
  readonly count: number;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name?: string };
  /** Microseconds. */
  readonly dur?: number;
  readonly tdur?: number;
}

/** Reads a trace in Chromium's format. Throws when it has no task of a page. */
function longestTasks(trace: string): LongestTasks {
  const { traceEvents } = JSON.parse(trace) as { readonly traceEvents: readonly TraceEvent[] };
  const thread = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const mains = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(thread));
  const tasks = traceEvents.filter((event) => event.name === 'RunTask' && mains.has(thread(event)));
  if (tasks.length === 0) throw new Error('The trace has no task of a page');
  const longest = (read: (task: TraceEvent) => number | undefined): number =>
    tasks.reduce((most, task) => Math.max(most, (read(task) ?? 0) / 1000), 0);
  return { processor: longest(({ tdur }) => tdur), wall: longest(({ dur }) => dur), count: tasks.length };
}
