import './driver-encoding.ts';
import kafkajs, { type Kafka, type LogEntry, type SASLOptions } from 'kafkajs';
import type { ConnectionOptions } from 'node:tls';
import './request-queue-timer.ts';
import './codecs.ts';

export interface KafkaConnectionOptions {
  /** `host:port` of some brokers, enough to find the others. */
  readonly brokers: readonly string[];
  /** Names this process in the brokers' logs and quotas. */
  readonly clientId: string;
  /** TLS: `true` for the certificates that Node trusts, else what to trust and to present. */
  readonly ssl?: boolean | ConnectionOptions;
  readonly sasl?: KafkaCredentials;
  /** What the driver and the log itself have to say; silent when absent. */
  readonly logger?: KafkaLogger;
}

export interface KafkaCredentials {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** As pino's. */
export type KafkaLogger = Readonly<Record<'error' | 'warn' | 'info' | 'debug', (details: object, message: string) => void>>;

export const silent: KafkaLogger = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

const connectionTimeoutMs = 5_000;
/** A few quick tries within one call to the driver; what lasts longer is tried again by publishers and consumers themselves. */
const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 };

/** A client without connections. Consumers of one group need a client each: the driver shares committed offsets between those of one client. */
export function createClient({ brokers, clientId, ssl, sasl, logger }: KafkaConnectionOptions): Kafka {
  return new kafkajs.Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: connectionTimeoutMs,
    retry,
    ...(ssl !== undefined && { ssl }),
    ...(sasl !== undefined && { sasl: { ...sasl } as SASLOptions }),
    logLevel: logger ? kafkajs.logLevel.INFO : kafkajs.logLevel.NOTHING,
    logCreator: () => (entry) => logger && writeEntry(logger, entry),
  });
}

function writeEntry(logger: KafkaLogger, { level, namespace, log: { message, timestamp: _, logger: __, ...details } }: LogEntry): void {
  const { ERROR, WARN } = kafkajs.logLevel;
  // The driver's own tries fail often, and succeed soon; who makes them says what came of them.
  const isRoutine = namespace === 'Connection' || namespace === 'BrokerPool';
  const write = level > WARN || isRoutine ? 'debug' : level === ERROR ? 'error' : 'warn';
  logger[write]({ driver: namespace, ...details }, message);
}

/** The error that others were wrapped around. */
export function rootCause(error: unknown): Partial<{ type: string; retriable: boolean }> & Error {
  let root = error as Error;
  while (root.cause instanceof Error && root.cause !== root) root = root.cause;
  return root;
}
