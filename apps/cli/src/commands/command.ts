import type { Options } from '../command-table.ts';
import type { Output } from '../output/output.ts';

/** What a command works with. */
export interface CommandContext {
  readonly operands: readonly string[];
  readonly options: Options;
  readonly output: Output;
  /** Aborts when the process is asked to end, with an `Interrupted` as its reason. */
  readonly signal: AbortSignal;
}

/** Does the work and returns the exit status. Throws what main knows how to explain. */
export type Command = (context: CommandContext) => Promise<number>;
