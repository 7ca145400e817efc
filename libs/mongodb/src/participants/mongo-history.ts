import type { Attribution, Referral, ReferralSide } from '@advocate/domain';
import type { HistoryCounts, HistoryItem, StoredReferral } from '@advocate/ports';
import type { Collection, Db, Filter } from 'mongodb';
import { insertUnlessThere } from '../documents.ts';
import { withRetry } from '../retry.ts';
import type { AccountDocument } from './protocol/account-document.ts';
import { idsIn, inBatches, MongoDocuments } from './mongo-documents.ts';
import type { TokenDocument } from './protocol/documents.ts';
import type { EndedLife, History } from './protocol/history.ts';
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

/** A life that ended, and the account that it was in. */
interface EndedLifeDocument extends TokenDocument {
  readonly account: string;
  readonly diedAt: Date;
}

/** Lives that are forgotten at a time. */
const endsAtOnce = 1000;

/** History in collections of its own, by life. */
export class MongoHistory implements History {
  readonly #referrals: Collection<ReferralDocument>;
  readonly #items: Collection<ItemDocument>;
  readonly #newReferrals: MongoDocuments<ReferralDocument>;
  readonly #endedLives: Collection<EndedLifeDocument>;
  readonly #newEnds: MongoDocuments<EndedLifeDocument>;
  readonly #accounts: Collection<AccountDocument>;

  constructor(db: Db) {
    this.#referrals = db.collection('referrals');
    this.#items = db.collection('history');
    this.#newReferrals = new MongoDocuments(db, 'referrals');
    this.#endedLives = db.collection('endedLives');
    this.#newEnds = new MongoDocuments(db, 'endedLives');
    this.#accounts = db.collection('accounts');
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

  async end(tenant: string, lives: readonly EndedLife[]): Promise<void> {
    const diedAt = new Date();
    await this.#newEnds.insert(
      lives.map(({ incarnation, accountId }) => ({
        ...{ _id: tenantKey(tenant, incarnation), token: '', account: tenantKey(tenant, accountId), diedAt },
      })),
    );
  }

  /** Forgets lives that ended before a date, and the tombstones of their accounts. */
  async forgetEndsBefore(date: Date): Promise<void> {
    for (;;) {
      const old = await withRetry(() =>
        this.#endedLives
          .find({ diedAt: { $lt: date } })
          .limit(endsAtOnce)
          .toArray(),
      );
      if (old.length === 0) return;
      const accounts = [...new Set(old.map(({ account }) => account))];
      await withRetry(() => this.#accounts.deleteMany({ ...idsIn<AccountDocument>(accounts), diedAt: { $lt: date } }));
      await withRetry(() => this.#endedLives.deleteMany(idsIn(old.map(({ _id }) => _id))));
    }
  }

  async endedAmong(tenant: string, incarnations: readonly string[]): Promise<readonly string[]> {
    const ended = await this.#newEnds.read(new Set(incarnations.map((life) => tenantKey(tenant, life))));
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
    return referrals.map((referral) => ({ programId: referral.program, ...referrerOf(referral) }));
  }

  async referrals(
    tenant: string,
    incarnation: string,
    limit: number,
    after?: Pick<StoredReferral, 'date' | 'id'>,
  ): Promise<StoredReferral[]> {
    const life = tenantKey(tenant, incarnation);
    const ofLife = { $or: [{ 'referrer.life': life }, { 'referred.life': life }] };
    const isLater = after && { $or: [{ date: { $gt: after.date } }, { date: after.date, _id: { $gt: tenantKey(tenant, after.id) } }] };
    const wanted: Filter<ReferralDocument> = isLater === undefined ? ofLife : { $and: [ofLife, isLater] };
    const found = await withRetry(() => this.#referrals.find(wanted).sort({ date: 1, _id: 1 }).limit(limit).toArray());
    return found.map((referral) => ({
      ...{ id: idOf(referral._id), programId: referral.program, date: referral.date },
      ...referrerOf(referral),
      ...(referral.referred === null ? {} : { referred: { accountId: referral.referred.accountId, id: referral.referred.id } }),
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

/** The referrer, unless that life ended. */
function referrerOf({ referrer, code }: ReferralDocument): Pick<Attribution, 'referrer'> {
  return referrer === null || code === null ? {} : { referrer: { accountId: referrer.accountId, id: referrer.id, code } };
}
