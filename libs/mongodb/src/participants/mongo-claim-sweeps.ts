import { randomUUID } from 'node:crypto';
import type { Collection, Db } from 'mongodb';
import { idsUnder, insertUnlessThere } from '../documents.ts';
import { withRetry } from '../retry.ts';
import type { ClaimantDocument, Claims, ClaimSweeps } from './protocol/claims.ts';
import { tenantKey } from './protocol/keys.ts';

interface SweepDocument {
  /** The claimant's id, then one of its own. */
  readonly _id: string;
  readonly keys: readonly string[];
}

/** Keys in one document: far from its limit of 16 MB, at 512 bytes a key. */
const keysPerDocument = 10_000;

/** Remembers claims to look at, by job, and looks at them when the job has ended. */
export class MongoClaimSweeps implements ClaimSweeps {
  readonly #sweeps: Collection<SweepDocument>;
  readonly #claimants: Collection<ClaimantDocument>;

  constructor(db: Db) {
    this.#sweeps = db.collection('claimSweeps');
    this.#claimants = db.collection('claimants');
  }

  async note(tenant: string, job: string, keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += keysPerDocument) {
      const document = { _id: `${tenantKey(tenant, job)}/${randomUUID()}`, keys: keys.slice(start, start + keysPerDocument) };
      await withRetry(() => insertUnlessThere(this.#sweeps, document));
    }
  }

  /** Drops the claims of finished jobs that came to nothing. */
  async sweep(claims: Claims): Promise<void> {
    for (const { _id: claimant, token } of await withRetry(() => this.#claimants.find({ finished: true }).toArray())) {
      const tenant = decodeURIComponent(claimant.slice(0, claimant.indexOf('/')));
      for (;;) {
        const found = await withRetry(() => this.#sweeps.findOne({ _id: idsUnder(claimant) }));
        if (found === null) break;
        await claims.drop(tenant, found.keys);
        await withRetry(() => this.#sweeps.deleteOne({ _id: found._id }));
      }
      await withRetry(() => this.#claimants.deleteOne({ _id: claimant, token }));
    }
  }
}
