import { once } from 'node:events';
import { resolve } from 'node:path';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { CommandError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import type { Command } from './command.ts';

/** Runs the suite until the process is asked to end, which is then a normal end. */
export const serve: Command = async ({ options, output, signal }) => {
  const port = options['grpc-port'];
  await using suite = await startSuite(options.data, port === undefined ? undefined : Number(port));
  output.answer(
    () => `gRPC on ${suite.grpcHost}:${suite.grpcPort}\ndata in ${resolve(suite.dataDir)}`,
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
}

/** Starts the suite as the environment says, unless the command line says otherwise. */
async function startSuite(dataDir: string | undefined, grpcPort: number | undefined): Promise<RunningSuite> {
  // What grpc-js would print about a taken port, the thrown error says too.
  setLogVerbosity(logVerbosity.NONE);
  const { readAllInOneConfig, startAllInOne } = await import('@advocate/all-in-one');
  const config = {
    ...readAllInOneConfig(process.env),
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(grpcPort === undefined ? {} : { grpcPort }),
  };
  try {
    return Object.assign(await startAllInOne(config), { dataDir: config.dataDir, grpcHost: config.grpcHost });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.includes('EADDRINUSE') ? `Port ${config.grpcPort} is taken; choose another with --grpc-port.` : message;
    throw new CommandError(reason, { cause: error });
  }
}
