import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Account, LoadedAccount, UserSearch } from '@advocate/domain';
import { hash53, isFound, textsOf } from '@advocate/domain';
import type { AccountPortion } from '@advocate/ports';

/** An account as stored. Of all those that a chunk touches only the texts are kept; each is parsed when it is looked at. */
export class StoredAccount implements LoadedAccount {
  readonly token: string;
  /** Its row; other tables name accounts by it. */
  readonly number: number;
  readonly #id: string;
  readonly #document: string;
  #account: Account | undefined;

  constructor({ token, number, id, document }: AccountRow) {
    this.token = token;
    this.number = number;
    this.#id = id;
    this.#document = document;
  }

  get account(): Account {
    return (this.#account ??= { id: this.#id, ...(JSON.parse(this.#document) as Omit<Account, 'id'>) });
  }

  /** Lets go of the parsed account, which would be parsed again. */
  forget(): void {
    this.#account = undefined;
  }
}

interface AccountRow {
  readonly number: number;
  readonly tenant: string;
  readonly id: string;
  readonly token: string;
  readonly document: string;
}

interface TokenRow {
  readonly number: number;
  readonly tenant: string;
  readonly id: string;
  readonly token: string;
}

/** Keys looked up in one statement: enough to spread its cost, few enough for the rows that it gives to be short-lived. */
const keysPerRead = 1000;

/** The accounts. Reads take many keys in one statement: a call into SQLite costs more than the look-up it makes. */
export class AccountTable {
  readonly #byHash: StatementSync;
  readonly #tokensByHash: StatementSync;
  readonly #byNumber: StatementSync;
  readonly #numberAfter: StatementSync;
  readonly #search: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: DatabaseSync) {
    const found = 'FROM json_each(?) AS wanted CROSS JOIN account ON account.hash = wanted.value';
    this.#byHash = database.prepare(`SELECT account.number, tenant, account.id, token, document ${found}`);
    this.#tokensByHash = database.prepare(`SELECT account.number, tenant, account.id, token ${found}`);
    this.#byNumber = database.prepare(
      'SELECT account.number, tenant, account.id, token, document FROM json_each(?) AS wanted CROSS JOIN account ON account.number = wanted.value',
    );
    this.#numberAfter = database.prepare('SELECT number FROM account WHERE number >= ? ORDER BY number LIMIT 1 OFFSET ?');
    this.#search = database.prepare(`SELECT number, tenant, id, token, document FROM account
      WHERE number >= ? AND number < ? AND tenant = ? AND document LIKE ? ESCAPE '\\' ORDER BY number`);
    this.#insert = database.prepare('INSERT INTO account (hash, tenant, id, token, document) VALUES (?, ?, ?, ?, ?)');
    this.#update = database.prepare('UPDATE account SET token = ?, document = ? WHERE number = ?');
    this.#delete = database.prepare('DELETE FROM account WHERE number = ?');
  }

  /** The accounts that exist, by id. */
  read(tenant: string, accountIds: Iterable<string>): Map<string, StoredAccount> {
    const accounts = new Map<string, StoredAccount>();
    for (const row of this.#found(this.#byHash, tenant, accountIds) as Iterable<AccountRow>) accounts.set(row.id, new StoredAccount(row));
    return accounts;
  }

  /** The tokens of the accounts that exist, by id. */
  readTokens(tenant: string, accountIds: Iterable<string>): Map<string, { readonly number: number; readonly token: string }> {
    const tokens = new Map<string, { readonly number: number; readonly token: string }>();
    for (const { id, number, token } of this.#found(this.#tokensByHash, tenant, accountIds)) tokens.set(id, { number, token });
    return tokens;
  }

  /** The rows whose tenant and id are asked for; a hash may find others as well. */
  *#found(statement: StatementSync, tenant: string, accountIds: Iterable<string>): Generator<TokenRow> {
    const wanted = new Set(accountIds);
    const hashes = Float64Array.from(wanted, (id) => hash53(tenant, id)).sort();
    for (let start = 0; start < hashes.length; start += keysPerRead) {
      const some = hashes.subarray(start, start + keysPerRead);
      for (const row of statement.all(`[${some.join()}]`) as unknown as TokenRow[]) {
        if (row.tenant === tenant && wanted.has(row.id)) yield row;
      }
    }
  }

  /** The tenant's accounts among these numbers. */
  readNumbers(tenant: string, numbers: Iterable<number>): Map<number, StoredAccount> {
    const rows = this.#byNumber.all(JSON.stringify([...new Set(numbers)])) as unknown as AccountRow[];
    return new Map(rows.filter((row) => row.tenant === tenant).map((row) => [row.number, new StoredAccount(row)]));
  }

  /** The accounts among the next ones, of all tenants, in which a tenant's search finds somebody; places are their numbers. */
  search(tenant: string, search: UserSearch, size: number, from: number): AccountPortion {
    const next = (this.#numberAfter.get(from, size) as { number: number } | undefined)?.number;
    const pattern = `%${textsOf(search).map(likeText).join('%')}%`;
    const rows = this.#search.all(from, next ?? Number.MAX_SAFE_INTEGER, tenant, pattern) as unknown as AccountRow[];
    const accounts = rows
      .map((row) => ({ place: String(row.number), account: new StoredAccount(row).account }))
      .filter(({ account }) => account.users.some((user) => isFound(user, search)));
    return { accounts, ...(next === undefined ? {} : { next: String(next) }) };
  }

  /** Writes an account as it is now and answers its number; absent means deleted. */
  write(tenant: string, id: string, token: string, number: number | undefined, account: Account | undefined): number {
    if (account === undefined) {
      if (number !== undefined) this.#delete.run(number);
      return number ?? 0;
    }
    const document = JSON.stringify({ dateCreated: account.dateCreated, users: account.users } satisfies Omit<Account, 'id'>);
    if (number === undefined) return Number(this.#insert.run(hash53(tenant, id), tenant, id, token, document).lastInsertRowid);
    this.#update.run(token, document, number);
    return number;
  }
}

/** A text as LIKE takes it for itself. */
const likeText = (text: string): string => text.replaceAll(/[%_\\]/g, '\\$&');
