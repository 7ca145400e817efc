import { randomBytes } from 'node:crypto';
import type { Db } from 'mongodb';
import { insertUnlessThere } from './documents.ts';
import { withRetry } from './retry.ts';

/** A secret that a database makes for itself, once: 64 hex digits. */
export async function keptSecret(db: Db, name: string): Promise<string> {
  const settings = db.collection<{ readonly _id: string; readonly value: string }>('settings');
  return withRetry(async () => {
    await insertUnlessThere(settings, { _id: name, value: randomBytes(32).toString('hex') });
    return (await settings.findOne({ _id: name }))?.value ?? '';
  });
}
