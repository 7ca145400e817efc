import { hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '@advocate/ports';
import { openEmbeddedEngine } from '@advocate/embedded';
import type { ImportPlan, RowOutcome } from '@advocate/domain';
import { codeKey, generatedCode, userText } from '@advocate/domain';
import type { RowChunk } from '@advocate/messages';
import { decodeChunkOutcome, encodeRowChunk, summariseChunkOutcome } from '@advocate/messages';
import type { CodeClaim, IncomingMessage, LoadRequest, ParticipantStore } from '@advocate/ports';
import { createLogger } from '@advocate/service';
import { buildPlan } from '@advocate/testing';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ChunkOutOfOrderError, createApplyChunk } from './apply-chunk.ts';
import { startRowConsumer } from './row-consumer.ts';
import { deletionLogic, directUpsertLogic, upsertLogic } from './row-logic.ts';

async function openEngine(): Promise<Engine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'apply-'));
  const engine = await openEmbeddedEngine({ dataDir });
  onTestFinished(async () => {
    await engine[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true });
  });
  return engine;
}

const openStore = async (): Promise<ParticipantStore> => (await openEngine()).participants;

type Row = Readonly<Record<string, unknown>> | string;

/** A chunk of JSONL rows; its id is `{jobId}/{slice}/{partition}`. */
function chunkOf(plan: Partial<ImportPlan>, rows: readonly Row[], place: Partial<RowChunk> = {}): RowChunk {
  const lines = rows.map((row) => Buffer.from(typeof row === 'string' ? row : JSON.stringify(row)));
  return {
    plan: buildPlan(plan),
    ...{ slice: 0, partition: 0, sliceChunks: 1, faults: [] },
    rows: Buffer.concat(lines),
    lengths: lines.map(({ length }) => length),
    recordNumbers: lines.map((_, index) => index + 1),
    ...place,
  };
}

const apply = (store: ParticipantStore, chunk: RowChunk): Promise<Uint8Array> =>
  chunk.plan.type === 'users' ? createApplyChunk(store, upsertLogic)(chunk) : createApplyChunk(store, deletionLogic)(chunk);

/** The outcomes of the records of a CSV file with the columns accountId, id and firstName. */
async function importCsv(store: ParticipantStore, jobId: string, records: readonly string[]): Promise<readonly RowOutcome[]> {
  const plan = { jobId, format: 'csv', columns: ['accountId', 'id', 'firstName'] } as const;
  return decodeChunkOutcome(await apply(store, chunkOf(plan, records))).outcomes;
}

let jobs = 0;

/** Applies rows as direct calls do, without claims, and answers their outcomes. */
async function run(
  store: ParticipantStore,
  type: ImportPlan['type'],
  rows: readonly Row[],
  plan: Partial<ImportPlan> = {},
): Promise<readonly RowOutcome[]> {
  const chunk = chunkOf({ type, jobId: `job of its own ${(jobs += 1)}`, ...plan }, rows);
  const outcome = type === 'users' ? createApplyChunk(store, directUpsertLogic)(chunk) : apply(store, chunk);
  return decodeChunkOutcome(await outcome).outcomes;
}

/** What became of each row: its kind, or its error's message. */
const fates = (outcome: Uint8Array): string[] =>
  decodeChunkOutcome(outcome).outcomes.map((row) => (row.kind === 'failed' ? row.error.message : row.kind));

/** The store, with something that happens between each of the first loads and what follows it. */
function interrupted(
  store: ParticipantStore,
  ...happenings: readonly (() => Promise<unknown>)[]
): ParticipantStore & { readonly loads: LoadRequest[] } {
  const left = [...happenings];
  const loads: LoadRequest[] = [];
  return new Proxy(store, {
    get(target, name) {
      if (name === 'loads') return loads;
      if (name !== 'load') {
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      }
      return async (request: LoadRequest) => {
        loads.push(request);
        const state = await target.load(request);
        await left.shift()?.();
        return state;
      };
    },
  }) as ParticipantStore & { readonly loads: LoadRequest[] };
}

const usersOf = async (store: ParticipantStore, accountId: string) => (await store.account('acme', accountId))?.users;
const codeOf = (accountId: string, id: string, attempt = 0) =>
  generatedCode((text) => hash('sha256', text), 'acme', 'default', { accountId, id }, attempt);

function claimOf(code: string, accountId: string, id: string, recordNumber: number): CodeClaim {
  return { key: codeKey(code), owner: { accountId, id }, programId: 'default', code, recordNumber };
}

const notFound = 'No user found for the provided id';

test('CSV records that cannot be read fail, and those of the same account and of others are applied', async () => {
  const store = await openStore();
  const records = ['a1,ann,Ann', 'a1,,Nobody', 'a2,"bob', 'a3,cid,C,more', 'a1,dan,Dan', ',eve,Eve', 'a1,ann,Anna'];
  const kinds = ['created', 'failed', 'failed', 'failed', 'created', 'failed', 'updated'];
  const outcomes = await importCsv(store, 'job-1', records);
  expect(outcomes.map(({ kind }) => kind)).toEqual(kinds);
  expect(outcomes[1]).toMatchObject({ error: { column: 'id' } });
  expect((await store.account('acme', 'a1'))?.users.map(({ firstName }) => firstName)).toEqual(['Anna', 'Dan']);
  expect(await store.account('acme', 'a2')).toBeUndefined();
  const again = await importCsv(store, 'job-2', records);
  expect(again.map(({ kind }) => kind)).toEqual(['updated', 'failed', 'failed', 'failed', 'unchanged', 'failed', 'updated']);
});

describe('a chunk', () => {
  test('has one outcome per row, at the row’s index, whatever accounts the rows are of', async () => {
    const store = await openStore();
    const rows = [
      { accountId: 'a1', id: 'ann' },
      { accountId: 'b1', id: 'bob' },
      'no JSON',
      { accountId: 'a1', id: 'ann', firstName: 'Ann' },
      { accountId: 'c1', id: '' },
      { accountId: 'b1', id: 'bob', zip: 1 },
      { accountId: 'a1', id: 'aaron' },
    ];
    const place = { slice: 4, partition: 3, sliceChunks: 9, recordNumbers: [7, 8, 10, 20, 21, 22, 30] };
    const outcome = await apply(store, chunkOf({ jobId: 'job-1' }, rows, place));
    expect(fates(outcome)).toEqual([
      ...['created', 'created', expect.stringContaining('not valid JSON'), 'updated'],
      ...['This request requires a valid non-empty id', 'unchanged', 'created'],
    ]);
    expect(summariseChunkOutcome(outcome)).toMatchObject({ tenant: 'acme', jobId: 'job-1', ...place, ignoredFields: ['zip'] });
    expect((await usersOf(store, 'a1'))?.map(({ id, changedBy }) => [id, changedBy.recordNumber])).toEqual([
      ['ann', 20],
      ['aaron', 30],
    ]);
    expect(await store.isCommitted('job-1/4/3')).toBe(true);
  });

  test('deletes', async () => {
    const store = await openStore();
    await run(store, 'users', [
      { accountId: 'a1', id: 'ann' },
      { accountId: 'a1', id: 'bob' },
      { accountId: 'b1', id: 'bob' },
    ]);
    const rows = [
      { accountId: 'a1', id: 'ann' },
      { accountId: 'b1', id: 'bob', preserveEmptyAccount: true, doNotTrack: true },
      { accountId: 'a1', id: 'ann' },
      { accountId: 'a1', id: 'bob' },
    ];
    expect(fates(await apply(store, chunkOf({ type: 'deletions' }, rows)))).toEqual(['deleted', 'deleted', notFound, 'deleted']);
    expect(await store.account('acme', 'a1')).toBeUndefined();
    expect(await usersOf(store, 'b1')).toEqual([]);
    expect(await run(store, 'users', [{ accountId: 'b1', id: 'bob' }])).toMatchObject([
      { error: { message: 'The user is set to do-not-track.' } },
    ]);
  });

  test('of many accounts is applied as one', async () => {
    const store = await openStore();
    const rows = Array.from({ length: 1500 }, (_, i) => ({ accountId: `a${i % 1200}`, id: `u${i}` }));
    const outcomes = fates(await apply(store, chunkOf({ jobId: 'job-1' }, rows)));
    expect(outcomes).toHaveLength(1500);
    expect(new Set(outcomes)).toEqual(new Set(['created']));
    expect((await usersOf(store, 'a299'))?.map(({ id }) => id)).toEqual(['u299', 'u1499']);
    expect((await usersOf(store, 'a300'))?.map(({ id }) => id)).toEqual(['u300']);
  });
});

describe('a chunk that is delivered again', () => {
  test('is answered with the same bytes and changes nothing, whatever happened since', async () => {
    const store = await openStore();
    const chunk = chunkOf({ jobId: 'job-1' }, [{ accountId: 'a1', id: 'ann' }, { accountId: 'b1', id: 'bob' }, 'no JSON']);
    const first = await apply(store, chunk);
    await run(store, 'users', [{ accountId: 'a1', id: 'ann', firstName: 'Ann' }]);
    await run(store, 'deletions', [{ accountId: 'b1', id: 'bob' }]);
    const watched = interrupted(store);
    expect(Buffer.compare(await apply(watched, chunk), first)).toBe(0);
    expect(watched.loads, 'it is not decided anew').toEqual([]);
    expect((await usersOf(store, 'a1'))?.[0]?.firstName).toBe('Ann');
    expect(await store.account('acme', 'b1')).toBeUndefined();
  });

  test('while it is being applied ends with one outcome for both workers', async () => {
    const store = await openStore();
    const chunk = chunkOf({ jobId: 'job-1' }, [
      { accountId: 'a1', id: 'ann' },
      { accountId: 'b1', id: 'bob' },
    ]);
    let other = new Uint8Array();
    const late = await apply(
      interrupted(store, async () => (other = Uint8Array.from(await apply(store, chunk)))),
      chunk,
    );
    expect(fates(late)).toEqual(['created', 'created']);
    expect(Buffer.compare(late, other)).toBe(0);
    const results = await Promise.all([1, 2, 3].map(() => apply(store, { ...chunk, slice: 1 })));
    for (const result of results) expect(Buffer.compare(result, results[0]!)).toBe(0);
  });
});

describe('a chunk out of order', () => {
  test('waits until the earlier one of its job and partition is committed', async () => {
    const store = await openStore();
    const first = chunkOf({ jobId: 'job-1' }, [{ accountId: 'a1', id: 'ann' }], { slice: 2, partition: 1 });
    const second = chunkOf({ jobId: 'job-1' }, [{ accountId: 'a1', id: 'ann', firstName: 'A' }], {
      slice: 5,
      partition: 1,
      previousSlice: 2,
    });
    await apply(store, { ...first, partition: 0 });
    await apply(store, { ...first, plan: buildPlan({ jobId: 'job-2' }) });
    const applying = apply(store, second);
    await expect(applying).rejects.toThrow(ChunkOutOfOrderError);
    await expect(applying).rejects.toThrow('Chunk job-1/5/1 waits for slice 2');
    expect(await store.isCommitted('job-1/5/1')).toBe(false);
    expect(await store.committed('job-1/5/1')).toBeUndefined();
    expect((await usersOf(store, 'a1'))?.[0]).not.toHaveProperty('firstName');

    await apply(store, first);
    expect(fates(await apply(store, second))).toEqual(['updated']);
  });
});

describe('an account that moves between loading and committing', () => {
  const rows = [
    { accountId: 'a1', id: 'ann', firstName: 'Ann' },
    { accountId: 'b1', id: 'bob' },
    { accountId: 'a1', id: 'aaron' },
  ];

  test('is decided again, and both writers’ effects are there', async () => {
    const store = await openStore();
    await run(store, 'users', [{ accountId: 'a1', id: 'ann', lastName: 'Lee' }]);
    const meddling = interrupted(store, () =>
      run(store, 'users', [
        { accountId: 'a1', id: 'ann', lastName: 'Li' },
        { accountId: 'a1', id: 'cat' },
      ]),
    );
    expect(fates(await apply(meddling, chunkOf({ jobId: 'job-1' }, rows)))).toEqual(['updated', 'created', 'created']);
    expect(meddling.loads).toHaveLength(2);
    expect((await usersOf(store, 'a1'))?.map(({ id, firstName, lastName }) => [id, firstName, lastName])).toEqual([
      ['ann', 'Ann', 'Li'],
      ['cat', undefined, undefined],
      ['aaron', undefined, undefined],
    ]);
    expect(await usersOf(store, 'b1')).toHaveLength(1);
  });

  test('is decided again as often as it moves', async () => {
    const store = await openStore();
    const happenings = ['v', 'w', 'x', 'y', 'z'].map((id) => () => run(store, 'users', [{ accountId: 'a1', id }]));
    const meddling = interrupted(store, ...happenings);
    expect(fates(await apply(meddling, chunkOf({ jobId: 'job-1' }, rows)))).toEqual(['created', 'created', 'created']);
    expect(meddling.loads).toHaveLength(6);
    expect((await usersOf(store, 'a1'))?.map(({ id }) => id)).toEqual(['v', 'w', 'x', 'y', 'z', 'ann', 'aaron']);
  });

  test('has the outcomes of the decision that was committed, and no trace of the first', async () => {
    const store = await openStore();
    await run(store, 'users', [{ accountId: 'a1', id: 'ann', firstName: 'Ann', customFields: { gone: 1 } }]);
    const meddling = interrupted(store, async () => {
      await run(store, 'deletions', [{ accountId: 'a1', id: 'ann' }]);
      await run(
        store,
        'users',
        Array.from({ length: 999 }, (_, i) => ({ accountId: 'a1', id: `u${i}` })),
      );
    });
    const outcome = await apply(meddling, chunkOf({ jobId: 'job-1' }, rows));
    expect(fates(outcome)).toEqual(['created', 'created', expect.stringContaining('maximum number of users')]);
    expect(summariseChunkOutcome(outcome)).toMatchObject({ customFields: [], counts: { created: 2, failed: 1, unchanged: 0 } });

    const undisturbed = await openStore();
    await run(
      undisturbed,
      'users',
      Array.from({ length: 999 }, (_, i) => ({ accountId: 'a1', id: `u${i}` })),
    );
    expect(Buffer.compare(await apply(undisturbed, chunkOf({ jobId: 'job-1' }, rows)), outcome)).toBe(0);
  });

  test('leaves the rows of other accounts refused that were refused', async () => {
    const store = await openStore();
    await run(store, 'users', [{ accountId: 'b1', id: 'bob', referralCodes: { default: 'BOB' } }]);
    await run(store, 'deletions', [{ accountId: 'b1', id: 'bob', doNotTrack: true }]);
    await run(store, 'users', [{ accountId: 'c1', id: 'cat', referralCodes: { default: 'CAT' } }]);
    const refused = [
      ...rows,
      { accountId: 'd1', id: 'dan', referralCodes: { default: 'CAT' } },
      { accountId: 'e1', id: 'eve', referredByCodes: ['NONE'] },
    ];
    const meddling = interrupted(store, () => run(store, 'users', [{ accountId: 'a1', id: 'cat' }]));
    expect(fates(await apply(meddling, chunkOf({ jobId: 'job-1' }, refused)))).toEqual([
      ...['created', 'The user is set to do-not-track.', 'created'],
      ...['The referral code CAT belongs to another user', 'No referral code found for the provided code'],
    ]);
    expect(meddling.loads).toHaveLength(2);
    for (const accountId of ['b1', 'd1', 'e1']) expect(await store.account('acme', accountId)).toBeUndefined();
  });

  test('by a do-not-track deletion refuses the row', async () => {
    const store = await openStore();
    await run(store, 'users', [
      { accountId: 'a1', id: 'ann' },
      { accountId: 'a1', id: 'other' },
    ]);
    const meddling = interrupted(store, () => run(store, 'deletions', [{ accountId: 'a1', id: 'ann', doNotTrack: true }]));
    expect(fates(await apply(meddling, chunkOf({ jobId: 'job-1' }, rows)))).toEqual([
      'The user is set to do-not-track.',
      'created',
      'created',
    ]);
    const state = await store.load({ tenant: 'acme', jobId: '', accountIds: [], codes: [], doNotTrack: [{ accountId: 'a1', id: 'ann' }] });
    expect(state.doNotTrack).toEqual(new Set([userText({ accountId: 'a1', id: 'ann' })]));
  });
});

describe('an account is gone if, and only if, it was emptied by a deletion that did not preserve it', () => {
  const deletion = chunkOf({ jobId: 'deletion', type: 'deletions' }, [{ accountId: 'a1', id: 'ann' }]);
  const userAnn = { accountId: 'a1', id: 'ann' };

  test('it stays when somebody joined it while its last user was being deleted', async () => {
    const store = await openStore();
    await run(store, 'users', [userAnn]);
    const meddling = interrupted(store, () => run(store, 'users', [{ accountId: 'a1', id: 'bob' }]));
    expect(fates(await apply(meddling, deletion))).toEqual(['deleted']);
    expect((await usersOf(store, 'a1'))?.map(({ id }) => id)).toEqual(['bob']);
  });

  test('it goes when its other users went while its last was being deleted', async () => {
    const store = await openStore();
    await run(store, 'users', [userAnn, { accountId: 'a1', id: 'bob' }]);
    const meddling = interrupted(store, () => run(store, 'deletions', [{ accountId: 'a1', id: 'bob' }]));
    expect(fates(await apply(meddling, deletion))).toEqual(['deleted']);
    expect(await store.account('acme', 'a1')).toBeUndefined();
  });

  test('it comes back with a user who is written after the account was deleted', async () => {
    const store = await openStore();
    await run(store, 'users', [{ ...userAnn, firstName: 'Ann', lastName: 'Lee' }]);
    const before = await usersOf(store, 'a1');
    const meddling = interrupted(store, () => apply(store, deletion));
    const outcome = await apply(meddling, chunkOf({ jobId: 'job-1' }, [{ ...userAnn, firstName: 'Anna' }]));
    expect(fates(outcome)).toEqual(['created']);
    const [ann, ...others] = (await usersOf(store, 'a1')) ?? [];
    expect(others).toEqual([]);
    expect(ann).toMatchObject({ id: 'ann', firstName: 'Anna' });
    expect(ann).not.toHaveProperty('lastName');
    expect(ann?.incarnation).not.toBe(before?.[0]?.incarnation);
  });

  test('a second deletion at a time finds no user', async () => {
    const store = await openStore();
    await run(store, 'users', [userAnn]);
    const meddling = interrupted(store, () => run(store, 'deletions', [userAnn]));
    expect(fates(await apply(meddling, deletion))).toEqual([notFound]);
  });
});

describe('a code that moves between loading and committing', () => {
  test('that was generated grows when somebody took it', async () => {
    const store = await openStore();
    const code = codeOf('a1', 'ann');
    const meddling = interrupted(store, () => run(store, 'users', [{ accountId: 'b1', id: 'bob', referralCodes: { default: code } }]));
    const chunk = chunkOf({ jobId: 'job-1' }, [
      { accountId: 'a1', id: 'ann' },
      { accountId: 'c1', id: 'cat' },
    ]);
    expect(fates(await apply(meddling, chunk))).toEqual(['created', 'created']);
    expect((await usersOf(store, 'a1'))?.[0]?.codes).toEqual({ default: [codeOf('a1', 'ann', 1)] });
    expect((await store.findCode('acme', codeKey(code)))?.owner).toEqual({ accountId: 'b1', id: 'bob' });
  });

  test('that was generated grows past all that somebody foresaw', async () => {
    const store = await openStore();
    const foreseen = Array.from({ length: 6 }, (_, attempt) => codeOf('a1', 'ann', attempt));
    await run(
      store,
      'users',
      foreseen.map((code, i) => ({ accountId: `b${i}`, id: 'bob', referralCodes: { default: code } })),
    );
    expect(await run(store, 'users', [{ accountId: 'a1', id: 'ann' }])).toMatchObject([{ kind: 'created' }]);
    expect((await usersOf(store, 'a1'))?.[0]?.codes).toEqual({ default: [codeOf('a1', 'ann', 6)] });
  });

  test('that the row gives fails the row when somebody took it', async () => {
    const store = await openStore();
    const meddling = interrupted(store, () => run(store, 'users', [{ accountId: 'b1', id: 'bob', referralCodes: { default: 'SPRING' } }]));
    const chunk = chunkOf({ jobId: 'job-1' }, [
      { accountId: 'a1', id: 'ann', referralCodes: { default: 'spring' } },
      { accountId: 'c1', id: 'cat' },
    ]);
    expect(fates(await apply(meddling, chunk))).toEqual(['The referral code spring belongs to another user', 'created']);
    expect(await store.account('acme', 'a1')).toBeUndefined();
  });

  test('that two rows give is given to neither when somebody had it as codes were claimed, so nobody has a claim', async () => {
    const store = await openStore();
    const chunk = chunkOf({ jobId: 'job-1' }, [
      { accountId: 'a1', id: 'ann', referralCodes: { default: 'FREE' } },
      { accountId: 'b1', id: 'bob', referralCodes: { default: 'free' } },
    ]);
    expect(fates(await apply(store, chunk))).toEqual([
      'The referral code FREE belongs to another user',
      'The referral code free belongs to another user',
    ]);
  });

  test('of a referrer who was deleted fails the row, and nothing of the referral is there', async () => {
    const store = await openStore();
    await run(store, 'users', [{ accountId: 'r1', id: 'ref', referralCodes: { default: 'REF' } }]);
    const meddling = interrupted(store, () => run(store, 'deletions', [{ accountId: 'r1', id: 'ref' }]));
    const chunk = chunkOf({ jobId: 'job-1' }, [
      { accountId: 'a1', id: 'ann', referredByCodes: ['REF'] },
      { accountId: 'c1', id: 'cat' },
    ]);
    expect(fates(await apply(meddling, chunk))).toEqual(['No referral code found for the provided code', 'created']);
    expect(await store.account('acme', 'a1')).toBeUndefined();
  });

  test('of a referrer who was created anew refers to the new life', async () => {
    const store = await openStore();
    const referrer = { accountId: 'r1', id: 'ref', referralCodes: { default: 'REF' } };
    await run(store, 'users', [referrer]);
    const meddling = interrupted(store, async () => {
      await run(store, 'deletions', [{ accountId: 'r1', id: 'ref' }]);
      await run(store, 'users', [referrer]);
    });
    expect(fates(await apply(meddling, chunkOf({ jobId: 'job-1' }, [{ accountId: 'a1', id: 'ann', referredByCodes: ['ref'] }])))).toEqual([
      'created',
    ]);
    const [life] = (await usersOf(store, 'r1')) ?? [];
    expect((await store.countHistory('acme', life?.incarnation ?? '')).referrals).toBe(1);
    const [ann] = (await usersOf(store, 'a1')) ?? [];
    expect(await store.attributions('acme', ann?.incarnation ?? '')).toEqual([
      { programId: 'default', referrer: { accountId: 'r1', id: 'ref', code: 'ref' } },
    ]);
  });
});

describe('a file that is cut anywhere', () => {
  const rows = [
    { accountId: 'a1', id: 'ann', referredByCodes: ['ZOE'] },
    { accountId: 'b1', id: 'bob', referralCodes: { default: 'BOB' }, referredByCodes: [codeOf('a1', 'ann')] },
    { accountId: 'b1', id: 'bob', referralCodes: { default: 'BOB' } },
    { accountId: 'a1', id: 'ann', referralCodes: { default: 'bob' } },
    { accountId: 'z1', id: 'zoe', referralCodes: { default: 'zoe' }, customFields: { __proto: 1 } },
    { accountId: 'a1', id: 'aaron', referredByCodes: ['BOB'] },
    { accountId: 'c1', id: 'cat', referralCodes: { default: codeOf('d1', 'dan') } },
    { accountId: 'd1', id: 'dan' },
    { accountId: 'z1', id: 'zoe', referralCodes: { default: 'Zoe2' }, referredByCodes: ['zoe', 'BOB'] },
    { accountId: 'c1', id: 'cat', referredByCodes: ['Zoe2'] },
  ];
  const claims = rows.flatMap((row, index) =>
    row.referralCodes === undefined ? [] : [claimOf(row.referralCodes.default, row.accountId, row.id, index + 1)],
  );

  async function imported(cuts: readonly number[]) {
    const store = await openStore();
    const plan = { jobId: 'job-1', allowReferralCodeEdit: true };
    await store.claim('acme', 'job-1', claims);
    const outcomes: string[] = [];
    const starts = [0, ...cuts];
    for (const [slice, start] of starts.entries()) {
      const end = starts[slice + 1] ?? rows.length;
      const recordNumbers = rows.slice(start, end).map((_, index) => start + index + 1);
      const outcome = await apply(
        store,
        chunkOf(plan, rows.slice(start, end), { slice, recordNumbers, ...(slice > 0 ? { previousSlice: slice - 1 } : {}) }),
      );
      for (const row of decodeChunkOutcome(outcome).outcomes) outcomes.push(JSON.stringify(row));
    }
    await store.releaseClaims('acme', 'job-1');
    const accounts = [];
    for (const accountId of ['a1', 'b1', 'c1', 'd1', 'z1']) {
      const account = await store.account('acme', accountId);
      accounts.push(JSON.stringify(account));
      for (const { incarnation } of account?.users ?? []) {
        accounts.push(JSON.stringify([await store.attributions('acme', incarnation), await store.countHistory('acme', incarnation)]));
      }
    }
    return { outcomes, accounts };
  }

  test('ends with the same outcomes, accounts and referrals', async () => {
    const whole = await imported([]);
    expect(whole.outcomes.map((outcome) => (JSON.parse(outcome) as RowOutcome).kind)).toEqual([
      ...['created', 'failed', 'created', 'failed', 'created', 'created', 'created', 'created', 'updated', 'updated'],
    ]);
    expect(await imported(rows.slice(1).map((_, index) => index + 1))).toEqual(whole);
    for (let cut = 1; cut < rows.length; cut += 2) expect(await imported([cut])).toEqual(whole);
  });
});

describe('the row consumer', () => {
  test('publishes the outcome of a chunk, and the same again when the chunk comes again', async () => {
    const { log, participants } = await openEngine();
    const seen: IncomingMessage[] = [];
    const consumer = await startRowConsumer('rows.users', 'participant', {
      log,
      apply: createApplyChunk(participants, upsertLogic),
      logger: createLogger('test', 'silent'),
    });
    onTestFinished(() => consumer[Symbol.asyncDispose]());
    await log.consume('chunks.outcomes', 'test', async (message) => void seen.push(message));
    const value = encodeRowChunk(chunkOf({ jobId: 'job-1' }, [{ accountId: 'a1', id: 'ann' }]));
    for (let times = 0; times < 2; times += 1) await log.publish('rows.users', [{ key: 'job-1', partition: 0, value }]);
    await vi.waitFor(() => expect(seen).toHaveLength(2));
    expect(seen.map(({ key, value: outcome }) => [key, fates(outcome)])).toEqual([
      ['job-1', ['created']],
      ['job-1', ['created']],
    ]);
    expect(Buffer.compare(seen[0]!.value, seen[1]!.value)).toBe(0);
  });

  test('sends what is no chunk to the dead letters, with the reason, and goes on', async () => {
    const { log, participants } = await openEngine();
    const seen: IncomingMessage[] = [];
    const apply = createApplyChunk(participants, upsertLogic);
    const consumer = await startRowConsumer('rows.users', 'participant', { log, apply, logger: createLogger('test', 'silent') });
    onTestFinished(() => consumer[Symbol.asyncDispose]());
    await log.consume('chunks.outcomes', 'test', async (message) => void seen.push(message));
    const good = encodeRowChunk(chunkOf({ jobId: 'job-1' }, [{ accountId: 'a1', id: 'ann' }]));
    const cut = good.subarray(0, good.length - 1);
    const values = [Buffer.from('not a chunk'), cut, new Uint8Array(0), good];
    await log.publish(
      'rows.users',
      values.map((value) => ({ key: 'job-1', partition: 0, value })),
    );
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    const letters = await log.deadLetters(10);
    expect(letters.map(({ topic, key, size }) => [topic, key, size])).toEqual(
      [0, cut.length, 11].map((size) => ['rows.users', 'job-1', size]),
    );
    for (const { reason } of letters) expect(reason).toMatch(/^It is no row chunk: ./);
  });

  test('has a chunk that came too early come again', async () => {
    const { log, participants } = await openEngine();
    const seen: IncomingMessage[] = [];
    const applyChunk = createApplyChunk(participants, upsertLogic);
    const first = chunkOf({ jobId: 'job-1' }, [{ accountId: 'a1', id: 'ann' }], { slice: 0 });
    const second = chunkOf({ jobId: 'job-1' }, [{ accountId: 'a1', id: 'ann', firstName: 'Ann' }], { slice: 1, previousSlice: 0 });
    let early = 0;
    const consumer = await startRowConsumer('rows.users', 'participant', {
      log,
      apply: async (chunk) => {
        try {
          return await applyChunk(chunk);
        } catch (error) {
          early += 1;
          await applyChunk(first);
          throw error;
        }
      },
      logger: createLogger('test', 'silent'),
    });
    onTestFinished(() => consumer[Symbol.asyncDispose]());
    await log.consume('chunks.outcomes', 'test', async (message) => void seen.push(message));
    await log.publish('rows.users', [{ key: 'job-1', partition: 0, value: encodeRowChunk(second) }]);
    await vi.waitFor(() => expect(seen).toHaveLength(1), { timeout: 10_000 });
    expect(early).toBe(1);
    expect(fates(seen[0]!.value)).toEqual(['updated']);
  });

  test('lets go of a chunk that waits in vain, so that those behind it have their turn, and the same again in order', async () => {
    const { log, participants } = await openEngine();
    const seen: IncomingMessage[] = [];
    const consumer = await startRowConsumer('rows.users', 'participant', {
      log,
      apply: createApplyChunk(participants, upsertLogic),
      logger: createLogger('test', 'silent'),
      patienceMs: 100,
    });
    onTestFinished(() => consumer[Symbol.asyncDispose]());
    await log.consume('chunks.outcomes', 'test', async (message) => void seen.push(message));
    const first = chunkOf({ jobId: 'job-1' }, [{ accountId: 'a1', id: 'ann' }], { slice: 0 });
    const second = chunkOf({ jobId: 'job-1' }, [{ accountId: 'a1', id: 'ann', firstName: 'Ann' }], { slice: 1, previousSlice: 0 });
    const other = chunkOf({ jobId: 'job-2' }, [{ accountId: 'a2', id: 'bob' }]);
    await log.publish(
      'rows.users',
      [second, other, first, second].map((chunk) => ({ key: chunk.plan.jobId, partition: 0, value: encodeRowChunk(chunk) })),
    );
    await vi.waitFor(() => expect(seen).toHaveLength(3), { timeout: 10_000 });
    expect(seen.map(({ key, value }) => [key, ...fates(value)])).toEqual([
      ['job-2', 'created'],
      ['job-1', 'created'],
      ['job-1', 'updated'],
    ]);
  });

  test('is as patient with a chunk that it let go of when that comes again', async () => {
    const { log, participants } = await openEngine();
    const seen: IncomingMessage[] = [];
    const applyChunk = createApplyChunk(participants, upsertLogic);
    const first = chunkOf({ jobId: 'job-1' }, [{ accountId: 'a1', id: 'ann' }], { slice: 0 });
    const second = chunkOf({ jobId: 'job-1' }, [{ accountId: 'a1', id: 'ann', firstName: 'Ann' }], { slice: 1, previousSlice: 0 });
    const other = chunkOf({ jobId: 'job-2' }, [{ accountId: 'a2', id: 'bob' }]);
    let isLetGo = false;
    const consumer = await startRowConsumer('rows.users', 'participant', {
      log,
      async apply(chunk) {
        try {
          return await applyChunk(chunk);
        } finally {
          // Another worker is done with the first one a moment too late for this attempt.
          if (isLetGo) await applyChunk(first);
          isLetGo = chunk.plan.jobId === 'job-2';
        }
      },
      logger: createLogger('test', 'silent'),
      patienceMs: 100,
    });
    onTestFinished(() => consumer[Symbol.asyncDispose]());
    await log.consume('chunks.outcomes', 'test', async (message) => void seen.push(message));
    await log.publish(
      'rows.users',
      [second, other, second].map((chunk) => ({ key: chunk.plan.jobId, partition: 0, value: encodeRowChunk(chunk) })),
    );
    await vi.waitFor(() => expect(seen).toHaveLength(2), { timeout: 10_000 });
    expect(seen.map(({ key, value }) => [key, ...fates(value)])).toEqual([
      ['job-2', 'created'],
      ['job-1', 'updated'],
    ]);
  });
});
