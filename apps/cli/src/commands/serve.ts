import { once } from 'node:events';
import { resolve } from 'node:path';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { defaultDataDir, defaultGrpcPort } from '../command-table.ts';
import { grpcHost } from '../config.ts';
import { CommandError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import type { Command } from './command.ts';

/** Runs the suite until the process is asked to end, which is then a normal end. */
export const serve: Command = async ({ options, output, signal }) => {
  const dataDir = options.data ?? defaultDataDir;
  const host = grpcHost(process.env);
  const port = Number(options['grpc-port'] ?? defaultGrpcPort);
  await using suite = await startSuite(dataDir, host, port);
  output.answer(
    () => `gRPC on ${host}:${suite.grpcPort}\ndata in ${resolve(dataDir)}`,
    () => undefined,
  );
  if (!signal.aborted) await once(signal, 'abort');
  output.note('Stopping; unfinished jobs go on at the next start.');
  return ExitStatus.fine;
};

async function startSuite(dataDir: string, host: string, port: number): Promise<{ readonly grpcPort: number } & AsyncDisposable> {
  // What grpc-js would print about a taken port, the thrown error says too.
  setLogVerbosity(logVerbosity.NONE);
  const { startAllInOne } = await import('@advocate/all-in-one');
  try {
    return await startAllInOne({ dataDir, grpcHost: host, grpcPort: port });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.includes('EADDRINUSE') ? `Port ${port} is taken; choose another with --grpc-port.` : message;
    throw new CommandError(reason, { cause: error });
  }
}
