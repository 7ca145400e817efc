import { DatabaseSync } from 'node:sqlite';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account, User } from '@advocate/domain';
import { codeKey, hash53, keysOf, userText } from '@advocate/domain';
import type { AccountDecision, CommitResult, ParticipantStore } from '@advocate/ports';
import { participantStoreContract } from '@advocate/ports/contracts';
import { buildAccount, buildUser, builtAt } from '@advocate/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqliteParticipantStore } from './sqlite-participant-store.ts';

async function temporaryFile(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'participants-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return join(dir, 'participants.db');
}

participantStoreContract('SQLite', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'participants-'));
  const file = join(dir, 'participants.db');
  const store = await openSqliteParticipantStore(file);
  const peer = await openSqliteParticipantStore(file);
  return {
    store,
    peer,
    async [Symbol.asyncDispose]() {
      peer[Symbol.dispose]();
      store[Symbol.dispose]();
      await rm(dir, { recursive: true });
    },
  };
});

describe('a database file', () => {
  test('keeps everything when it is closed and opened again', async () => {
    const file = await temporaryFile();
    const life = { accountId: 'a1', id: 'ann', incarnation: 'life of ann' };
    const gone = { accountId: 'a2', id: 'bob' };
    {
      using store = await openSqliteParticipantStore(file);
      await write(store, buildAccount('a1', buildUser({ id: 'ann', codes: { default: ['ANN'] } })), { chunkId: 'job-1/0/0' });
      await write(store, buildAccount('a2', buildUser({ id: 'bob' })));
      await write(store, undefined, { accountId: 'a2', doNotTrack: [gone] });
      await store.recordHistory('acme', { kind: 'reward', id: 'r', owner: life, date: 1, content: {} });
      await store.claim('acme', 'job-2', [{ key: codeKey('CAT'), owner: gone, programId: 'default', code: 'CAT', recordNumber: 2 }]);
      await store.createSegment('acme', { key: 'vip', displayName: 'VIP', dateCreated: 1 });
    }
    using store = await openSqliteParticipantStore(file);
    const { accounts, codes, doNotTrack } = await store.load({
      ...{ tenant: 'acme', jobId: 'job-2', accountIds: ['a1', 'a2'] },
      ...{ codes: [codeKey('ann'), codeKey('cat')], doNotTrack: [gone] },
    });
    expect(Array.from(accounts.values(), ({ account }) => account?.id)).toEqual(['a1']);
    expect(codes.get(codeKey('ANN'))).toMatchObject({ owner: { accountId: 'a1', id: 'ann' }, listedBy: 'job-1' });
    expect(codes.get(codeKey('CAT'))?.claim).toEqual({ jobId: 'job-2', recordNumber: 2 });
    expect(doNotTrack).toEqual(new Set([userText(gone)]));
    expect(await store.countHistory('acme', life.incarnation)).toEqual({ referrals: 0, rewards: 1, events: 0 });
    expect(await store.isCommitted('job-1/0/0')).toBe(true);
    expect(await store.segment('acme', 'vip')).toMatchObject({ displayName: 'VIP' });
  });

  test('of a newer version is refused, with what to do, and left as it is', async () => {
    const file = await temporaryFile();
    (await openSqliteParticipantStore(file))[Symbol.dispose]();
    {
      using database = new DatabaseSync(file);
      database.exec('PRAGMA user_version = 99');
    }
    await expect(openSqliteParticipantStore(file)).rejects.toThrow(
      `${file} was written by a newer version of Advocate Bulk (schema 99, this version knows 1). Run that version.`,
    );
    using database = new DatabaseSync(file);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
  });

  test('opens for many at the same time, the first time too', async () => {
    const file = await temporaryFile();
    const stores = await Promise.all(Array.from({ length: 5 }, () => openSqliteParticipantStore(file)));
    onTestFinished(() => {
      for (const store of stores) store[Symbol.dispose]();
    });
    await write(stores[4], buildAccount('a1', buildUser({ id: 'ann' })));
    for (const store of stores) expect(await store.account('acme', 'a1')).toBeDefined();
  });

  test('holds no id of a user who was deleted for good, only a hash that needs the secret', async () => {
    const file = await temporaryFile();
    const user = { accountId: 'account-7f3a', id: 'person-91bc' };
    {
      using store = await openSqliteParticipantStore(file, { doNotTrackSecret: 'one' });
      await write(store, buildAccount(user.accountId, buildUser({ id: user.id, email: 'who@example.com', codes: { default: ['WHO'] } })));
      expect(contents(file)).toContain(user.id);
      await write(store, buildAccount('a1', buildUser({ id: 'ann' })));
      const life = { ...user, incarnation: `life of ${user.id}` };
      const ann = { accountId: 'a1', id: 'ann', incarnation: 'life of ann' };
      await store.recordHistory('acme', { kind: 'reward', id: 'r', owner: life, date: 1, content: 'prize' });
      const referral = { kind: 'referral', programId: 'default', date: 1 } as const;
      expect(await store.recordHistory('acme', { ...referral, id: 'f1', owner: life, referred: ann, code: 'WHO' })).toBe(true);
      expect(await store.recordHistory('acme', { ...referral, id: 'f2', owner: ann, referred: life, code: 'ANN' })).toBe(true);
      await write(store, undefined, { accountId: user.accountId, doNotTrack: [user] });
    }
    for (const trace of [user.accountId, user.id, 'who@example.com', 'WHO', 'prize']) expect(contents(file)).not.toContain(trace);
    const isListed = async (doNotTrackSecret?: string) => {
      using store = await openSqliteParticipantStore(file, doNotTrackSecret === undefined ? {} : { doNotTrackSecret });
      return (await store.load({ tenant: 'acme', jobId: 'job-1', accountIds: [], codes: [], doNotTrack: [user] })).doNotTrack.size === 1;
    };
    expect([await isListed('one'), await isListed('two'), await isListed()]).toEqual([true, false, false]);
  });
});

describe('a commit that meets what has moved', () => {
  test('writes nothing at all', async () => {
    const file = await temporaryFile();
    using store = await openSqliteParticipantStore(file);
    const life = { accountId: 'gone', id: 'ann', incarnation: 'life of ann' };
    await write(store, buildAccount('gone', buildUser({ id: 'ann', codes: { default: ['ANN'] } })));
    await store.recordHistory('acme', { kind: 'reward', id: 'r', owner: life, date: 1, content: {} });
    const before = contents(file);
    const stale = { account: buildAccount('absent', buildUser({ id: 'x' })), token: 'read before' };
    const { accounts } = await store.load({ tenant: 'acme', jobId: 'job-2', accountIds: ['gone'], codes: [], doNotTrack: [] });
    const result = await store.commit({
      ...{ chunkId: 'c2', tenant: 'acme', jobId: 'job-2', outcome: Uint8Array.of(1), date: builtAt },
      accounts: [
        change('created', undefined, buildAccount('created', buildUser({ id: 'new', codes: { default: ['NEW'] } }))),
        {
          ...change('gone', accounts.get('gone'), undefined),
          change: { ...change('gone', accounts.get('gone'), undefined).change, doNotTrack: [life] },
        },
        change('absent', stale, buildAccount('absent')),
      ],
    });
    expect(result).toEqual({ status: 'moved', accountIds: ['absent'], codes: [] });
    expect(contents(file)).toBe(before);
  });

  test('writes nothing at all either when it met it after hundreds of accounts', async () => {
    const file = await temporaryFile();
    using store = await openSqliteParticipantStore(file);
    const before = contents(file);
    const created = Array.from({ length: 2000 }, (_, i) =>
      change(`a${i}`, undefined, buildAccount(`a${i}`, buildUser({ id: 'ann', codes: { default: [`CODE${i}`] } }))),
    );
    const stale = { account: buildAccount('absent', buildUser({ id: 'x' })), token: 'read before' };
    const result = await store.commit({
      ...{ chunkId: 'c1', tenant: 'acme', jobId: 'job-1', outcome: Uint8Array.of(1), date: builtAt },
      accounts: [...created, change('absent', stale, undefined)],
    });
    expect(result).toEqual({ status: 'moved', accountIds: ['absent'], codes: [] });
    expect(contents(file)).toBe(before);
    expect((await write(store, buildAccount('a0', buildUser({ id: 'bob', codes: { default: ['CODE0'] } })))).status).toBe('committed');
  });
});

describe('a writer that holds the file', () => {
  test('is waited for without blocking the thread', async () => {
    const file = await temporaryFile();
    using store = await openSqliteParticipantStore(file);
    using other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    let committed = false;
    const writing = write(store, buildAccount('a1', buildUser({ id: 'ann' }))).then(() => (committed = true));
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(committed).toBe(false);
    expect(await store.account('acme', 'a1')).toBeUndefined();
    other.exec('COMMIT');
    await writing;
    expect(await store.account('acme', 'a1')).toBeDefined();
  });
});

/** Found by search: pairs with one 53-bit hash. */
const twins = {
  accountIds: ['DJC5ZTJ55XB', 'P4YQRYH32UC'],
  codes: ['GLFCGAM6AHC', 'MVTP7XBNEDD'],
  tenants: ['H3MLXG2ZMPG', 'AOXBDUBC64E'],
} as const;

describe('texts with the same hash', () => {
  test('are what these are', () => {
    expect(new Set(twins.accountIds.map((id) => hash53('acme', id))).size).toBe(1);
    expect(new Set(twins.codes.map((code) => hash53('acme', codeKey(code)))).size).toBe(1);
    expect(new Set(twins.tenants.map((tenant) => hash53(tenant, codeKey('SPRING')))).size).toBe(1);
  });

  test('are two accounts', async () => {
    using store = await openSqliteParticipantStore(await temporaryFile());
    const [one, two] = twins.accountIds;
    await write(store, buildAccount(one, buildUser({ id: 'ann' })));
    expect(await store.account('acme', two)).toBeUndefined();
    await write(store, buildAccount(two, buildUser({ id: 'bob' })));
    expect(await store.account('acme', one)).toEqual(buildAccount(one, buildUser({ id: 'ann' })));
    expect(await store.account('acme', two)).toEqual(buildAccount(two, buildUser({ id: 'bob' })));
    await write(store, undefined, { accountId: one });
    expect(await store.account('acme', one)).toBeUndefined();
    expect(await store.account('acme', two)).toBeDefined();
  });

  test('are two codes of different accounts', async () => {
    using store = await openSqliteParticipantStore(await temporaryFile());
    const [one, two] = twins.codes;
    await write(store, buildAccount('a1', buildUser({ id: 'ann', codes: { default: [one] } })));
    expect(await store.findCode('acme', codeKey(two))).toBeUndefined();
    expect((await write(store, buildAccount('a2', buildUser({ id: 'bob', codes: { default: [two] } })))).status).toBe('committed');
    expect((await store.findCode('acme', codeKey(one)))?.owner.id).toBe('ann');
    expect((await store.findCode('acme', codeKey(two)))?.owner.id).toBe('bob');
    await write(store, undefined, { accountId: 'a1' });
    expect(await store.findCode('acme', codeKey(one))).toBeUndefined();
    expect((await store.findCode('acme', codeKey(two)))?.owner.id).toBe('bob');
  });

  test('are two codes of one account: freeing one keeps the other', async () => {
    using store = await openSqliteParticipantStore(await temporaryFile());
    const [one, two] = twins.codes;
    const bob = buildUser({ id: 'bob', codes: { default: [two] } });
    await write(store, buildAccount('a1', buildUser({ id: 'ann', codes: { default: [one] } }), bob));
    await write(store, buildAccount('a1', bob));
    expect(await store.findCode('acme', codeKey(one))).toBeUndefined();
    expect((await store.findCode('acme', codeKey(two)))?.owner.id).toBe('bob');
    expect((await write(store, buildAccount('a2', buildUser({ id: 'cat', codes: { default: [two] } })))).status).toBe('moved');
  });

  test('are two claims', async () => {
    using store = await openSqliteParticipantStore(await temporaryFile());
    const claims = twins.codes.map((code, i) => {
      return { key: codeKey(code), owner: { accountId: `a${i}`, id: `u${i}` }, programId: 'default', code, recordNumber: i };
    });
    await store.claim('acme', 'job-1', claims);
    for (const { key, owner } of claims) expect((await store.findCode('acme', key))?.owner).toEqual(owner);
  });

  test('are the codes of two tenants', async () => {
    using store = await openSqliteParticipantStore(await temporaryFile());
    const [one, two] = twins.tenants;
    const account = buildAccount('a1', buildUser({ id: 'ann', codes: { default: ['SPRING'] } }));
    await write(store, account, { tenant: one });
    expect(await store.findCode(two, codeKey('SPRING'))).toBeUndefined();
    const owner = { accountId: 'a2', id: 'bob' };
    await store.claim(two, 'job-2', [{ key: codeKey('SPRING'), owner, programId: 'default', code: 'SPRING', recordNumber: 2 }]);
    expect((await store.findCode(two, codeKey('SPRING')))?.owner).toEqual(owner);
    expect((await store.findCode(one, codeKey('SPRING')))?.owner.id).toBe('ann');
    expect((await write(store, buildAccount('a2', buildUser({ id: 'bob', codes: { default: ['SPRING'] } })), { tenant: two })).status).toBe(
      'committed',
    );
  });
});

interface WriteOptions {
  readonly accountId?: string;
  readonly tenant?: string;
  readonly chunkId?: string;
  readonly doNotTrack?: AccountDecision['change']['doNotTrack'];
}

let writes = 0;

/** Makes an account what it shall be. */
async function write(store: ParticipantStore | undefined, account: Account | undefined, options: WriteOptions = {}): Promise<CommitResult> {
  if (store === undefined) throw new Error('There is no store');
  const { accountId = account?.id ?? '', tenant = 'acme', chunkId = `write ${(writes += 1)}`, doNotTrack = [] } = options;
  const { accounts } = await store.load({ tenant, jobId: 'job-1', accountIds: [accountId], codes: [], doNotTrack: [] });
  const decided = change(accountId, accounts.get(accountId), account);
  return store.commit({
    ...{ chunkId, tenant, jobId: 'job-1', outcome: Uint8Array.of(1), date: builtAt },
    accounts: [{ ...decided, change: { ...decided.change, doNotTrack } }],
  });
}

function change(accountId: string, before: AccountDecision['before'], account: Account | undefined): AccountDecision {
  const had = before?.account?.users ?? [];
  const has = account?.users ?? [];
  const gone = had.filter((user) => !has.some(({ id }) => id === user.id));
  const held = new Set(had.flatMap(keysOf));
  const listed = has.flatMap((user: User) => keysOf(user).flatMap((key) => (held.has(key) ? [] : [{ key, userId: user.id }])));
  const erased = gone.map(({ incarnation }) => incarnation);
  return { accountId, before, change: { account, listed, freed: gone.flatMap(keysOf), referrals: [], erased, doNotTrack: [] } };
}

/** Every row of every table, as text. */
function contents(file: string): string {
  using database = new DatabaseSync(file, { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all() as { name: string }[];
  return JSON.stringify(tables.map(({ name }) => [name, database.prepare(`SELECT * FROM ${name}`).all()]));
}
