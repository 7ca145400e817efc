import { UndecodableMessageError } from '@advocate/ports';

/** Decodes a message of the event log. What no handler could ever make sense of goes to the dead letters: throws an UndecodableMessageError then. */
export function decodeMessage<Message>(what: string, decode: () => Message): Message {
  try {
    return decode();
  } catch (error) {
    throw new UndecodableMessageError(`It is no ${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
