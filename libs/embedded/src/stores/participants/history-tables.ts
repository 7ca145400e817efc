import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Attribution, Referral } from '@advocate/domain';
import type { HistoryCounts, HistoryItem, StoredReferral } from '@advocate/ports';

interface AttributionRow {
  readonly program: string;
  readonly code: string | null;
  readonly referrer_account_id: string | null;
  readonly referrer_id: string | null;
}

interface ReferralRow extends AttributionRow {
  readonly id: string;
  readonly date: number;
  readonly referred_account_id: string | null;
  readonly referred_id: string | null;
}

/** Referrals, rewards and events, by the life (incarnation) of the user that they belong to. */
export class HistoryTables {
  readonly #insertReferral: StatementSync;
  readonly #insertItem: StatementSync;
  readonly #erasures: readonly StatementSync[];
  readonly #attributions: StatementSync;
  readonly #referrals: StatementSync;
  readonly #itemCounts: StatementSync;
  readonly #referralCount: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insertReferral = database.prepare(`INSERT OR IGNORE INTO referral
      (id, tenant, program, code, date, referrer, referrer_account_id, referrer_id, referred, referred_account_id, referred_id)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#insertItem = database.prepare(
      'INSERT OR IGNORE INTO history (tenant, owner, kind, id, date, key, content) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const ended = 'IN (SELECT value FROM json_each(:lives))';
    this.#erasures = [
      `DELETE FROM history WHERE owner ${ended}`,
      `DELETE FROM referral WHERE referrer ${ended} AND (referred IS NULL OR referred ${ended})`,
      `DELETE FROM referral WHERE referred ${ended} AND referrer IS NULL`,
      `UPDATE referral SET referrer = NULL, referrer_account_id = NULL, referrer_id = NULL, code = NULL WHERE referrer ${ended}`,
      `UPDATE referral SET referred = NULL, referred_account_id = NULL, referred_id = NULL WHERE referred ${ended}`,
    ].map((sql) => database.prepare(`${sql} AND tenant = :tenant`));
    this.#attributions = database.prepare(
      'SELECT program, code, referrer_account_id, referrer_id FROM referral WHERE referred = ? AND tenant = ? ORDER BY program, date, id',
    );
    this.#referrals = database.prepare(`SELECT id, program, code, date, referrer_account_id, referrer_id, referred_account_id, referred_id
      FROM referral WHERE (referrer = :life OR referred = :life) AND tenant = :tenant AND (date, id) > (:date, :id) ORDER BY date, id LIMIT :limit`);
    this.#itemCounts = database.prepare('SELECT kind, count(*) AS count FROM history WHERE owner = ? AND tenant = ? GROUP BY kind');
    this.#referralCount = database.prepare('SELECT count(*) AS count FROM referral WHERE (referrer = ? OR referred = ?) AND tenant = ?');
  }

  insertReferral(tenant: string, { id, programId, code, dateCreated, referrer, referred }: Referral): void {
    this.#insertReferral.run(
      ...[id, tenant, programId, code, dateCreated],
      ...[referrer.incarnation, referrer.accountId, referrer.id],
      ...[referred.incarnation, referred.accountId, referred.id],
    );
  }

  insertItem(tenant: string, item: Exclude<HistoryItem, { kind: 'referral' }>): void {
    const key = item.kind === 'event' ? item.key : null;
    this.#insertItem.run(tenant, item.owner.incarnation, item.kind, item.id, item.date, key, JSON.stringify(item.content ?? null));
  }

  /** Ends lives: their rewards and events go; a referral forgets the side that ended, and goes with its second side. */
  erase(tenant: string, incarnations: readonly string[]): void {
    if (incarnations.length === 0) return;
    const lives = JSON.stringify(incarnations);
    for (const statement of this.#erasures) statement.run({ lives, tenant });
  }

  attributions(tenant: string, incarnation: string): Attribution[] {
    const rows = this.#attributions.all(incarnation, tenant) as unknown as AttributionRow[];
    return rows.map((row) => ({ programId: row.program, ...referrerOf(row) }));
  }

  referrals(tenant: string, life: string, limit: number, after?: Pick<StoredReferral, 'date' | 'id'>): StoredReferral[] {
    const { date, id } = after ?? { date: Number.MIN_SAFE_INTEGER, id: '' };
    const rows = this.#referrals.all({ life, tenant, limit, date, id }) as unknown as ReferralRow[];
    return rows.map((row) => ({
      ...{ id: row.id, programId: row.program, date: row.date },
      ...referrerOf(row),
      ...(row.referred_account_id === null || row.referred_id === null
        ? {}
        : { referred: { accountId: row.referred_account_id, id: row.referred_id } }),
    }));
  }

  count(tenant: string, incarnation: string): HistoryCounts {
    const counts = { rewards: 0, events: 0 };
    for (const { kind, count } of this.#itemCounts.all(incarnation, tenant) as { kind: string; count: number }[]) {
      counts[kind === 'reward' ? 'rewards' : 'events'] = count;
    }
    const { count: referrals } = this.#referralCount.get(incarnation, incarnation, tenant) as { count: number };
    return { referrals, ...counts };
  }
}

/** The referrer, unless that life ended. */
function referrerOf({ code, referrer_account_id: accountId, referrer_id: id }: AttributionRow): Pick<Attribution, 'referrer'> {
  return accountId === null || id === null || code === null ? {} : { referrer: { accountId, id, code } };
}
