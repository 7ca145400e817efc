import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as { readonly prototype: RequestQueue };
const { scheduleCheckPendingRequests } = prototype;

/**
 * After every answer the driver sets a timer to look for requests that wait, also when none does; it then takes the time since the
 * epoch, negated, for the delay, and Node warns of a `TimeoutNegativeWarning`. With none waiting there is nothing to look for: a request
 * that comes to wait sets the timer itself.
 */
prototype.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
};
