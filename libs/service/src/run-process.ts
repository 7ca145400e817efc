import type { Logger } from './logger.ts';
import { keepMemoryLow, letMemoryGrow } from './tune-collector.ts';

/** How long a service may take to stop before the process ends all the same. */
const stopDeadlineMs = 15_000;

type Start = (stop: (reason: string) => void) => Promise<AsyncDisposable>;

/** Runs a service that has a process, and its memory, to itself; as {@link runProcess}. */
export async function runService(logger: Logger, start: Start): Promise<void> {
  letMemoryGrow();
  await run(logger, start);
}

/**
 * Runs services as a process: starts them, waits for SIGINT or SIGTERM, or for one to ask for its stop, and disposes them. The exit status is 1
 * when one asked, or when starting or stopping failed. A second signal ends the process at once.
 */
export async function runProcess(logger: Logger, start: Start): Promise<void> {
  keepMemoryLow();
  await run(logger, start);
}

async function run(logger: Logger, start: Start): Promise<void> {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const fail = (reason: string): void => {
    logger.error(reason);
    process.exitCode = 1;
    resolve();
  };
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(1);
      asked = true;
      resolve();
    });
  }
  try {
    const service = await start(fail);
    await stopped;
    setTimeout(() => {
      logger.error('Stopping took too long; the process ends with work in hand, which will be done again');
      process.exit(1);
    }, stopDeadlineMs).unref();
    await service[Symbol.asyncDispose]();
  } catch (error) {
    logger.fatal({ err: error }, error instanceof Error ? error.message : 'The service failed');
    process.exitCode = 1;
  }
}
