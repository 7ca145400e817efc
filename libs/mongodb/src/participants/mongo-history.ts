import type { Attribution, Referral, ReferralSide } from '@advocate/domain';
import type { HistoryCounts, HistoryItem } from '@advocate/ports';
import type { Collection, Db, Filter } from 'mongodb';
import { insertUnlessThere } from '../documents.ts';
import { withRetry } from '../retry.ts';
import { idsIn, inBatches, MongoDocuments } from './mongo-documents.ts';
import type { TokenDocument } from './protocol/documents.ts';
import type { History } from './protocol/history.ts';
import { idOf, tenantKey } from './protocol/keys.ts';

/** A referral. A side whose life ended is null, and the code goes with the referrer. */
interface ReferralDocument extends TokenDocument {
  readonly program: string;
  readonly code: string | null;
  readonly date: number;
  readonly referrer: SideDocument | null;
  readonly referred: SideDocument | null;
}

interface SideDocument {
  /** The incarnation, under its tenant. */
  readonly life: string;
  readonly accountId: string;
  readonly id: string;
}

interface ItemDocument extends TokenDocument {
  /** The incarnation that it belongs to, under its tenant. */
  readonly life: string;
  readonly kind: 'reward' | 'event';
  readonly date: number;
  readonly key?: string;
  /** JSON: its names may be any text. */
  readonly content: string;
}

/** A life that ended; the server removes it after a day. */
interface EndedLifeDocument extends TokenDocument {
  readonly diedAt: Date;
}

/** History in collections of its own, by life. */
export class MongoHistory implements History {
  readonly #referrals: Collection<ReferralDocument>;
  readonly #items: Collection<ItemDocument>;
  readonly #newReferrals: MongoDocuments<ReferralDocument>;
  readonly #endedLives: MongoDocuments<EndedLifeDocument>;

  constructor(db: Db) {
    this.#referrals = db.collection('referrals');
    this.#items = db.collection('history');
    this.#newReferrals = new MongoDocuments(this.#referrals);
    this.#endedLives = new MongoDocuments(db.collection<EndedLifeDocument>('endedLives'));
  }

  async addReferrals(tenant: string, referrals: readonly Referral[]): Promise<void> {
    const side = ({ incarnation, accountId, id }: ReferralSide): SideDocument => ({ life: tenantKey(tenant, incarnation), accountId, id });
    await this.#newReferrals.insert(
      referrals.map(({ id, programId, code, dateCreated, referrer, referred }) => ({
        ...{ _id: tenantKey(tenant, id), token: '', program: programId, code, date: dateCreated },
        ...{ referrer: side(referrer), referred: side(referred) },
      })),
    );
  }

  async addItem(tenant: string, item: Exclude<HistoryItem, { kind: 'referral' }>): Promise<void> {
    const { kind, id, date, content, owner } = item;
    const life = tenantKey(tenant, owner.incarnation);
    const document: ItemDocument = {
      ...{ _id: `${life}/${kind}/${id}`, token: '', life, kind, date, content: JSON.stringify(content ?? null) },
      ...(item.kind === 'event' ? { key: item.key } : {}),
    };
    await withRetry(() => insertUnlessThere(this.#items, document));
  }

  async end(tenant: string, incarnations: readonly string[]): Promise<void> {
    await this.#endedLives.insert(incarnations.map((life) => ({ _id: tenantKey(tenant, life), token: '', diedAt: new Date() })));
  }

  async endedAmong(tenant: string, incarnations: readonly string[]): Promise<readonly string[]> {
    const ended = await this.#endedLives.read(new Set(incarnations.map((life) => tenantKey(tenant, life))));
    return ended.map(({ _id }) => idOf(_id));
  }

  async erase(tenant: string, incarnations: readonly string[]): Promise<void> {
    await inBatches(
      incarnations.map((life) => tenantKey(tenant, life)),
      async (lives) => {
        const among = { $in: [...lives] };
        await this.#items.deleteMany({ life: among });
        const sides: Filter<ReferralDocument> = { $or: [{ 'referrer.life': among }, { 'referred.life': among }] };
        const ids = (await this.#referrals.find(sides, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id);
        if (ids.length === 0) return;
        await this.#referrals.updateMany({ ...idsIn(ids), 'referrer.life': among }, { $set: { referrer: null, code: null } });
        await this.#referrals.updateMany({ ...idsIn(ids), 'referred.life': among }, { $set: { referred: null } });
        await this.#referrals.deleteMany({ ...idsIn(ids), referrer: null, referred: null });
      },
    );
  }

  async attributions(tenant: string, incarnation: string): Promise<Attribution[]> {
    const of = { 'referred.life': tenantKey(tenant, incarnation) };
    const referrals = await withRetry(() => this.#referrals.find(of).sort({ program: 1, date: 1, _id: 1 }).toArray());
    return referrals.map(({ program: programId, code, referrer }) => ({
      programId,
      ...(referrer === null || code === null ? {} : { referrer: { accountId: referrer.accountId, id: referrer.id, code } }),
    }));
  }

  async count(tenant: string, incarnation: string): Promise<HistoryCounts> {
    const life = tenantKey(tenant, incarnation);
    const [referrals, rewards, events] = await withRetry(() =>
      Promise.all([
        this.#referrals.countDocuments({ $or: [{ 'referrer.life': life }, { 'referred.life': life }] }),
        this.#items.countDocuments({ life, kind: 'reward' }),
        this.#items.countDocuments({ life, kind: 'event' }),
      ]),
    );
    return { referrals, rewards, events };
  }
}
