/** The command line asks for something that makes no sense; the message says what, and where to read more. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was asked for cannot be had. The message is all that a person needs. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** A signal ended the work. What a person should know about it was printed where it was caught. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitStatus: number;

  constructor(exitStatus: number) {
    super('Interrupted');
    this.exitStatus = exitStatus;
  }
}
