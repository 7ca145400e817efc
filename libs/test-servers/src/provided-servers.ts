import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    kafkaBrokers: string;
    mongodbUri: string;
    hasDocker: boolean;
  }
}

/** Brokers of the Kafka that this run's tests share, `host:port` by commas; nothing where there is none. Topics are told apart by a prefix. */
export const kafkaBrokers = (): string | undefined => inject('kafkaBrokers') || undefined;

/** URI of the MongoDB that this run's tests share; nothing where there is none. Each test takes a database of its own. */
export const mongodbUri = (): string | undefined => inject('mongodbUri') || undefined;

/** Whether tests may start servers of their own, to do harm to them. */
export const hasDocker = (): boolean => inject('hasDocker');
