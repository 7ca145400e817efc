import { setTimeout as pause } from 'node:timers/promises';
import {
  MongoError,
  MongoErrorLabel,
  MongoNetworkError,
  MongoServerClosedError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb';

/** Long enough for a server to be killed, started and recovered, or for a replica set to elect. */
const retryMs = 60_000;
const firstPauseMs = 50;
const longestPauseMs = 2_000;

/** Longer than the connection's own timeouts, which are not enough: the driver waits for ever when a connection is lost while it is writing to it. */
const attemptMs = 25_000;

/**
 * Runs an operation until it succeeds, through about a minute of lost connections, elections, restarts and write conflicts, at pauses that grow and
 * are drawn at random. What lasts longer, and any other error, comes out.
 *
 * An attempt that failed may have taken effect, or may even be about to: the operation must be a short one, that does no harm when it is repeated.
 */
export async function withRetry<Result>(operation: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + retryMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await answered(operation());
    } catch (error) {
      if (!isTransient(error) || Date.now() > deadline) throw error;
    }
    await pause(Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt));
  }
}

class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  constructor() {
    super(`The database has not answered for ${attemptMs / 1_000} s`);
  }
}

async function answered<Result>(attempt: Promise<Result>): Promise<Result> {
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new NoAnswerError()), attemptMs);
  try {
    return await Promise.race([attempt, givenUp]);
  } finally {
    clearTimeout(timer);
  }
}

/** Codes of servers that cannot answer now, and of operations that got into each other's way. */
const transientCodes: ReadonlySet<unknown> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  24, // LockTimeout
  43, // CursorNotFound
  63, // StaleShardVersion
  64, // WriteConcernTimeout
  89, // NetworkTimeout
  91, // ShutdownInProgress
  112, // WriteConflict
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  150, // StaleEpoch
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  262, // ExceededTimeLimit
  9001, // SocketException
  10058, // LegacyNotPrimary
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13388, // StaleConfig
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
]);

const transientLabels = [
  MongoErrorLabel.RetryableWriteError,
  MongoErrorLabel.TransientTransactionError,
  MongoErrorLabel.RetryableError,
  MongoErrorLabel.PoolRequestedRetry,
];

/** The driver keeps these classes to itself: the pool's connections are all busy, or the server of the pool has left the cluster. */
const transientNames = new Set(['MongoWaitQueueTimeoutError', 'MongoPoolClosedError']);

function isTransient(error: unknown): boolean {
  if (!(error instanceof MongoError)) return error instanceof NoAnswerError || isSocketError(error);
  return (
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    error instanceof MongoServerClosedError ||
    error instanceof MongoTopologyClosedError ||
    transientNames.has(error.name) ||
    transientCodes.has(error.code) ||
    transientLabels.some((label) => error.hasErrorLabel(label))
  );
}

/** The driver lets those out as they are that come while it is writing to the socket. */
const isSocketError = (error: unknown): boolean =>
  error instanceof Error && ('syscall' in error || ('code' in error && closedSocketCodes.has(error.code)));

const closedSocketCodes: ReadonlySet<unknown> = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);
