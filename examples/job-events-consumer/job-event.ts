import { join } from 'node:path';
import protobuf from 'protobufjs';

/** A `JobEvent` as the contracts describe it, with the fields that this consumer uses. A type or status that is newer than the contracts is a number. */
export interface JobEvent {
  readonly id: string;
  readonly type: string | number;
  readonly tenant: string;
  readonly job: {
    readonly id: string;
    readonly displayName: string;
    readonly abortReason: string;
    readonly stats: { readonly recordsTotal: number; readonly recordsProcessed: number; readonly errors: number };
  };
  /** Epoch milliseconds. */
  readonly date: number;
}

const contracts = new protobuf.Root();
contracts.resolvePath = (_, file) => join(import.meta.dirname, '../../proto', file);
const message = contracts.loadSync('advocate/bulk/v1/events.proto').lookupType('advocate.bulk.v1.JobEvent');

/** Reads an event of version 1 of the format; a minor version only adds fields, which are ignored. Throws at any other version. */
export function decodeJobEvent(value: Uint8Array | null, version = '1'): JobEvent {
  if (value === null || version.split('.')[0] !== '1') throw new Error(`This consumer reads version 1 of job events, not ${version}`);
  const event = message.toObject(message.decode(value), { enums: String, longs: Number, defaults: true });
  return event as JobEvent;
}
