import { setTimeout as pause } from 'node:timers/promises';
import type { MongoClient } from 'mongodb';

/** Longer than a heartbeat may take: a server may hold it back for `heartbeatFrequencyMS`, and has `connectTimeoutMS` to answer. */
const stuckMs = 12_000;

/**
 * Connects a client anew when a heartbeat neither succeeds nor fails. The driver waits for ever for one that it was sending when the connection was being
 * closed by the server, and takes the server for gone until that is over.
 */
export function reviveWhenStuck(client: MongoClient): Disposable {
  const heartbeats = new Map<string, NodeJS.Timeout>();
  let isOver = false;

  function end(address: string): void {
    clearTimeout(heartbeats.get(address));
    heartbeats.delete(address);
  }

  async function revive(): Promise<void> {
    // Unlike `client.close()` this leaves the client open, and the operations under way an error that they are retried after.
    (client as unknown as { readonly topology?: { close(): void } }).topology?.close();
    while (!isOver) {
      try {
        await client.connect();
        break;
      } catch {
        await pause(500);
      }
    }
    if (isOver) await client.close();
  }

  client.on('serverHeartbeatStarted', ({ connectionId: address }) => {
    end(address);
    heartbeats.set(address, setTimeout(() => void revive(), stuckMs).unref());
  });
  client.on('serverHeartbeatSucceeded', ({ connectionId: address }) => end(address));
  client.on('serverHeartbeatFailed', ({ connectionId: address }) => end(address));
  client.on('serverClosed', ({ address }) => end(address));
  return {
    [Symbol.dispose]() {
      isOver = true;
      for (const address of heartbeats.keys()) end(address);
    },
  };
}
