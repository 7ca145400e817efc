import { pino } from 'pino';
import type { Logger } from 'pino';

export type { Logger } from 'pino';

/** A logger that writes JSON lines to standard error, so that standard output stays free for what a command answers. */
export function createLogger(service: string, level: string): Logger {
  return pino({ name: service, level, base: { name: service } }, pino.destination(2));
}
