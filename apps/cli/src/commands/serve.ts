import { once } from 'node:events';
import { resolve } from 'node:path';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import type { Options } from '../command-table.ts';
import { CommandError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import type { Command } from './command.ts';

/** Runs the suite until the process is asked to end, which is then a normal end. */
export const serve: Command = async ({ options, output, signal }) => {
  await using suite = await startSuite(options);
  const console = suite.consoleUrl === undefined ? '' : `console on ${suite.consoleUrl}\n`;
  output.answer(
    () => `gRPC on ${suite.grpcHost}:${suite.grpcPort}\n${console}data in ${resolve(suite.dataDir)}`,
    () => undefined,
  );
  if (!signal.aborted) await once(signal, 'abort');
  output.note('Stopping; unfinished jobs go on at the next start.');
  return ExitStatus.fine;
};

interface RunningSuite extends AsyncDisposable {
  readonly dataDir: string;
  readonly grpcHost: string;
  readonly grpcPort: number;
  readonly consoleUrl: string | undefined;
}

/** Starts the suite as the environment says, unless the command line says otherwise. */
async function startSuite({ data, 'grpc-port': grpcPort, 'http-port': httpPort }: Options): Promise<RunningSuite> {
  // What grpc-js would print about a taken port, the thrown error says too.
  setLogVerbosity(logVerbosity.NONE);
  const { readAllInOneConfig, startAllInOne } = await import('@advocate/all-in-one');
  const environment = { ...process.env, ...(httpPort === undefined ? {} : { ADVOCATE_HTTP_PORT: httpPort }) };
  const config = {
    ...readAllInOneConfig(environment),
    ...(data === undefined ? {} : { dataDir: data }),
    ...(grpcPort === undefined ? {} : { grpcPort: Number(grpcPort) }),
  };
  try {
    return Object.assign(await startAllInOne(config), { dataDir: config.dataDir, grpcHost: config.grpcHost });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, taken] = /EADDRINUSE.*:(\d+)/.exec(message) ?? [];
    const option = Number(taken) === config.grpcPort ? '--grpc-port' : '--http-port';
    throw new CommandError(taken === undefined ? message : `Port ${taken} is taken; choose another with ${option}.`, { cause: error });
  }
}
