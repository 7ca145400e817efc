import { readEnvironment } from '@advocate/service';
import type { ConsoleOptions } from './start-console.ts';

/** What the environment says of the console; undefined when it says that there is none. */
export function readConsoleConfig(environment: NodeJS.ProcessEnv): Omit<ConsoleOptions, 'logger'> | undefined {
  const values = readEnvironment(
    environment,
    ...([
      'ADVOCATE_HTTP_HOST',
      'ADVOCATE_HTTP_PORT',
      'ADVOCATE_SERVER',
      'ADVOCATE_TENANT',
      'ADVOCATE_CONSOLE_URL',
      'ADVOCATE_MAX_FILE_BYTES',
    ] as const),
  );
  const { ADVOCATE_HTTP_PORT: port, ADVOCATE_CONSOLE_URL: publicUrl } = values;
  if (port === 'off') return undefined;
  return {
    host: values.ADVOCATE_HTTP_HOST,
    port,
    server: values.ADVOCATE_SERVER,
    tenant: values.ADVOCATE_TENANT,
    ...(publicUrl === undefined ? {} : { publicUrl: new URL(publicUrl) }),
    maxFileBytes: values.ADVOCATE_MAX_FILE_BYTES,
  };
}
