import type { Options } from '../command-table.ts';
import { defaultServer } from '../command-table.ts';
import { CommandError } from '../errors.ts';
import { connect } from './api.ts';
import type { Api } from './api.ts';

/** A connection to a server; with `--data` to one in this process, which disposing stops at a place where work can go on later. */
export interface Session extends AsyncDisposable {
  readonly api: Api;
  /** The folder that the suite in this process works in. */
  readonly dataDir?: string;
}

/** Throws a CommandError when the server does not answer or the data folder cannot be used. */
export async function openSession(options: Pick<Options, 'server' | 'data'>, signal: AbortSignal): Promise<Session> {
  if (options.data === undefined) {
    const api = await connect(options.server ?? defaultServer, signal);
    return {
      api,
      async [Symbol.asyncDispose]() {
        api[Symbol.dispose]();
      },
    };
  }
  await using resources = new AsyncDisposableStack();
  const suite = resources.use(await startSuite(options.data));
  const api = resources.use(await connect(`127.0.0.1:${suite.grpcPort}`, signal));
  const opened = resources.move();
  return { api, dataDir: options.data, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

async function startSuite(dataDir: string): Promise<{ readonly grpcPort: number } & AsyncDisposable> {
  // Most commands talk to a server and need not wait for the whole suite to load.
  const { readAllInOneConfig, startAllInOne } = await import('@advocate/all-in-one');
  try {
    const { console: _, ...config } = readAllInOneConfig(process.env);
    return await startAllInOne({ ...config, dataDir, grpcHost: '127.0.0.1', grpcPort: 0, logLevel: 'error' });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
