import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from '@advocate/domain';
import { openEmbeddedEngine } from '@advocate/embedded';
import type { ParticipantStore } from '@advocate/ports';
import { buildAccount, buildUser, builtAt } from '@advocate/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findUsers } from './find-users.ts';

const tenant = 'acme';
const unlimited = 60_000;

async function storeOf(...accounts: readonly Account[]): Promise<ParticipantStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'participant-api-'));
  const engine = await openEmbeddedEngine({ dataDir });
  onTestFinished(async () => {
    await engine[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true });
  });
  await create(engine.participants, accounts);
  return engine.participants;
}

async function create(store: ParticipantStore, accounts: readonly Account[]): Promise<void> {
  const nothing = { listed: [], freed: [], referrals: [], erased: [], doNotTrack: [] };
  await store.commit({
    ...{ chunkId: accounts[0]!.id, tenant, jobId: 'job', outcome: Uint8Array.of(1), date: builtAt },
    accounts: accounts.map((account) => ({ accountId: account.id, before: undefined, change: { ...nothing, account } })),
  });
}

interface Call {
  readonly search: Parameters<typeof findUsers>[1]['search'];
  readonly limit?: number;
  readonly searchMs?: number;
}

/** What each call answers, from the first to the last, as `account/id`. */
async function pages(
  store: ParticipantStore,
  { search, limit = 100, searchMs = unlimited }: Call,
): Promise<readonly (readonly string[])[]> {
  const all: string[][] = [];
  let pageToken = '';
  do {
    const { found, nextPageToken } = await findUsers(store, { tenant, search, limit, pageToken, searchMs });
    all.push(found.map(({ accountId, user }) => `${accountId}/${user.id}`));
    pageToken = nextPageToken;
  } while (pageToken !== '');
  return all;
}

describe('a search', () => {
  test('by id answers first, and once, with the user in the account of that id', async () => {
    const accounts = ['x', 'u', 'y'].map((id) => buildAccount(id, buildUser({ id: 'u' }), buildUser({ id: 'v' })));
    const store = await storeOf(...accounts);
    expect(await pages(store, { search: { id: 'u' } })).toEqual([['u/u'], ['x/u', 'y/u']]);
    expect(await pages(store, { search: { id: 'v' } })).toEqual([['x/v', 'u/v', 'y/v']]);
    expect(await pages(store, { search: { id: 'x' } })).toEqual([[]]);
  });

  test('by an address that an account has often fills pages from the middle of it', async () => {
    const family = Array.from({ length: 7 }, (_, i) => buildUser({ id: `u${i}`, email: i === 3 ? 'else@example.com' : 'Us@example.com' }));
    const store = await storeOf(buildAccount('a', ...family), buildAccount('b', ...family));
    const all = ['a', 'b'].flatMap((account) => [0, 1, 2, 4, 5, 6].map((i) => `${account}/u${i}`));
    for (const limit of [1, 5, 6, 7, 12, 13]) {
      const found = await pages(store, { search: { email: 'us@example.com' }, limit });
      expect(found.flat()).toEqual(all);
      expect(found.every((page) => page.length <= limit)).toBe(true);
      expect(found[0]).toHaveLength(Math.min(limit, 12));
    }
  });

  test('answers when its time is over with what it has found, and goes on from there', async () => {
    const accounts = Array.from({ length: 3000 }, (_, i) => buildAccount(`a${i}`, buildUser({ id: i % 1000 === 999 ? 'rare' : `u${i}` })));
    const store = await storeOf(...accounts);
    const inTime = await pages(store, { search: { id: 'rare' } });
    expect(inTime).toEqual([['a999/rare', 'a1999/rare', 'a2999/rare']]);
    const outOfTime = await pages(store, { search: { id: 'rare' }, searchMs: -1 });
    expect(outOfTime.length).toBeGreaterThan(3000 / 1000);
    expect(outOfTime[0]).toEqual([]);
    expect(outOfTime.flat()).toEqual(inTime.flat());
  });

  test('lets others have the thread between two portions', async () => {
    const accounts = Array.from({ length: 5000 }, (_, i) => buildAccount(`a${i}`, buildUser({ id: `u${i}` })));
    const store = await storeOf(...accounts);
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 0);
    await pages(store, { search: { id: 'nobody' } });
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(0);
  });

  test('meets accounts that come while it goes on, and does not mind those that go', async () => {
    const accounts = Array.from({ length: 400 }, (_, i) => buildAccount(`a${i}`, buildUser({ id: 'u' })));
    const store = await storeOf(...accounts);
    const first = await findUsers(store, { tenant, search: { id: 'u' }, limit: 100, pageToken: '', searchMs: unlimited });
    await create(store, [buildAccount('late', buildUser({ id: 'u' }))]);
    const rest = await findUsers(store, { tenant, search: { id: 'u' }, limit: 1000, pageToken: first.nextPageToken, searchMs: unlimited });
    expect([...first.found, ...rest.found].map(({ accountId }) => accountId)).toEqual([...accounts.map(({ id }) => id), 'late']);
  });

  test('refuses what is no page token', async () => {
    const store = await storeOf(buildAccount('a', buildUser({ id: 'u' })));
    const request = { tenant, search: { id: 'u' }, limit: 1, searchMs: unlimited };
    await expect(findUsers(store, { ...request, pageToken: 'a1' })).rejects.toThrow("'a1' is no page token; start again without one.");
  });
});
