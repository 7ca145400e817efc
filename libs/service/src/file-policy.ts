import { readEnvironment } from './environment.ts';

/** How long files of jobs are kept, and how they are linked to. */
export interface FilePolicy {
  readonly fileRetentionMs: number;
  /** Keys the signatures of links; made once per data folder or database when absent. */
  readonly linkSecret?: string;
  /** Where people reach the console, without a `/` at the end. */
  readonly consoleUrl: string;
}

const dayMs = 24 * 3600 * 1000;
const usualConsolePort = 8080;

export const defaultFilePolicy: FilePolicy = { fileRetentionMs: 30 * dayMs, consoleUrl: `http://localhost:${usualConsolePort}` };

export function readFilePolicy(environment: NodeJS.ProcessEnv): FilePolicy {
  const names = ['ADVOCATE_FILE_RETENTION_DAYS', 'ADVOCATE_LINK_SECRET', 'ADVOCATE_CONSOLE_URL', 'ADVOCATE_HTTP_PORT'] as const;
  const values = readEnvironment(environment, ...names);
  const { ADVOCATE_LINK_SECRET: linkSecret, ADVOCATE_HTTP_PORT: port } = values;
  const consoleUrl = values.ADVOCATE_CONSOLE_URL ?? `http://localhost:${port === 'off' || port === 0 ? usualConsolePort : port}`;
  return {
    fileRetentionMs: values.ADVOCATE_FILE_RETENTION_DAYS * dayMs,
    consoleUrl: consoleUrl.replace(/\/+$/, ''),
    ...(linkSecret === undefined ? {} : { linkSecret }),
  };
}
