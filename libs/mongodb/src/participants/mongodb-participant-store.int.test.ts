import { randomUUID } from 'node:crypto';
import { decideAndCommit, deletionLogic, directUpsertLogic, upsertLogic, type RowLogic } from '@advocate/apply';
import { ChunkOutcomeEncoder, decodeChunkOutcome } from '@advocate/messages';
import { participantStoreContract } from '@advocate/ports/contracts';
import { mongodbUri } from '@advocate/test-servers';
import { buildAccount, buildPlan, buildUser, builtAt } from '@advocate/testing';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { connectMongodb } from '../connection.ts';
import { openMongodbParticipantStore } from './mongodb-participant-store.ts';

describe.skipIf(mongodbUri() === undefined)('on a server', () => {
  participantStoreContract('MongoDB', async () => {
    const options = { uri: mongodbUri() ?? '', database: `test-${randomUUID()}` };
    await using resources = new AsyncDisposableStack();
    const connection = resources.use(await connectMongodb(options));
    resources.defer(async () => {
      await connection.db.dropDatabase();
    });
    const peerConnection = resources.use(await connectMongodb(options));
    const store = resources.use(await openMongodbParticipantStore(connection.db));
    const peer = resources.use(await openMongodbParticipantStore(peerConnection.db));
    const owned = resources.move();
    return { store, peer, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  });

  async function connect() {
    const connection = await connectMongodb({ uri: mongodbUri() ?? '', database: `test-${randomUUID()}` });
    onTestFinished(async () => {
      await connection.db.dropDatabase();
      await connection[Symbol.asyncDispose]();
    });
    return connection.db;
  }

  const direct = (id: string, jobId: string) => {
    const recordNumbers = [0];
    const place = { tenant: 'acme', jobId, slice: 0, partition: 0, sliceChunks: 1, recordNumbers, ignoredFields: [] };
    return {
      ...{ id: `${jobId}/0/0`, plan: buildPlan({ jobId }), recordNumbers, encoder: new ChunkOutcomeEncoder(place), isDirect: true },
      rows: [{ row: { accountId: 'a1', id } }],
    };
  };

  test('accounts that a job is expected to bring anew are found all the same, whether the rows change them or not', async () => {
    using store = await openMongodbParticipantStore(await connect());
    const apply = async (jobId: string, slice: number, logic: RowLogic<never>, rows: readonly object[]) => {
      const recordNumbers = rows.map((_, index) => 10 * slice + index);
      const place = { tenant: 'acme', jobId, slice, partition: 0, sliceChunks: 1, recordNumbers, ignoredFields: [] };
      const outcome = await decideAndCommit(
        { store, logic },
        {
          ...{ id: `${jobId}/${slice}/0`, plan: buildPlan({ jobId }), recordNumbers, encoder: new ChunkOutcomeEncoder(place) },
          rows: rows.map((row) => ({ row })) as never,
        },
      );
      return decodeChunkOutcome(outcome).outcomes.map(({ kind }) => kind);
    };
    const [imports, deletions] = [upsertLogic as RowLogic<never>, deletionLogic as RowLogic<never>];
    const known = ['x1', 'x2', 'x3'].map((accountId) => ({ accountId, id: 'ann', firstName: 'Ann' }));
    expect(await apply('before', 0, imports, known)).toEqual(['created', 'created', 'created']);
    expect(await apply('import', 0, imports, [{ accountId: 'y1', id: 'bo' }])).toEqual(['created']);
    const [changed, unchanged, failing] = known;
    const rows = [
      { accountId: 'y2', id: 'bo' },
      { ...changed, firstName: 'Anna' },
      unchanged!,
      { ...failing, referredByCodes: ['NOBODYS'] },
    ];
    expect(await apply('import', 1, imports, rows)).toEqual(['created', 'updated', 'unchanged', 'failed']);
    const { accounts } = await store.load({ tenant: 'acme', jobId: '', accountIds: ['x1', 'x2', 'x3', 'y2'], codes: [], doNotTrack: [] });
    const names = ['x1', 'x2', 'x3', 'y2'].map((id) => accounts.get(id)?.account?.users.map(({ firstName }) => firstName));
    expect(names).toEqual([['Anna'], ['Ann'], ['Ann'], [undefined]]);

    const stranger = { id: 'ann', preserveEmptyAccount: false, doNotTrack: false };
    expect(await apply('deletion', 0, deletions, [{ ...stranger, accountId: 'nowhere' }])).toEqual(['failed']);
    expect(
      await apply('deletion', 1, deletions, [
        { ...stranger, accountId: 'x3' },
        { ...stranger, accountId: 'nowhere' },
      ]),
    ).toEqual(['deleted', 'failed']);
  });

  test('an outcome is told to others before its commit resolves; a commit that nobody could be told of is made again', async () => {
    const db = await connect();
    const told: string[] = [];
    let isAway = true;
    const store = await openMongodbParticipantStore(db, {
      announce: async (outcome, date) => {
        if (isAway) throw new Error('The log is away');
        told.push(`${decodeChunkOutcome(outcome).jobId} of ${date}`);
      },
    });
    const call = direct('ann', 'direct-1');
    await expect(decideAndCommit({ store, logic: directUpsertLogic }, call)).rejects.toThrow('The log is away');
    expect(await store.isCommitted(call.id)).toBe(false);
    isAway = false;
    await decideAndCommit({ store, logic: directUpsertLogic }, call);
    expect(told).toEqual([`direct-1 of ${builtAt}`]);
    store[Symbol.dispose]();
  });

  test('a direct call that its worker left lying is brought to its end by whoever has the store open', async () => {
    const db = await connect();
    const dying = await openMongodbParticipantStore(db, {
      announce: async () => {
        throw new Error('The process dies here');
      },
    });
    await expect(decideAndCommit({ store: dying, logic: directUpsertLogic }, direct('ann', 'direct-1'))).rejects.toThrow('dies here');
    dying[Symbol.dispose]();
    const told: string[] = [];
    const opened = await openMongodbParticipantStore(db, {
      settleAfterMs: 100,
      announce: async (outcome) => {
        told.push(decodeChunkOutcome(outcome).jobId);
      },
    });
    await vi.waitFor(() => expect(told).toEqual(['direct-1']), { timeout: 10_000, interval: 50 });
    await vi.waitFor(async () => expect(await opened.isCommitted('direct-1/0/0')).toBe(true), { timeout: 10_000 });
    opened[Symbol.dispose]();
  });

  test('rows that would make an account larger than a document fail, in file order, and the others are applied', async () => {
    const db = await connect();
    const store = await openMongodbParticipantStore(db);
    expect(store.fits(buildAccount('a1', buildUser({ id: 'ann', customFields: { text: 'x'.repeat(17_000_000) } })))).toBe(false);
    const sizes = [9_000_000, 9_000_000, 1000];
    const rows = sizes.map((size, i) => ({ row: { accountId: 'a1', id: `u${i}`, customFields: { text: 'x'.repeat(size) } } }));
    const recordNumbers = [2, 3, 4];
    const encoder = new ChunkOutcomeEncoder({
      ...{ tenant: 'acme', jobId: 'job-1', slice: 0, partition: 0, sliceChunks: 1, recordNumbers, ignoredFields: [] },
    });
    const outcome = await decideAndCommit(
      { store, logic: upsertLogic },
      { id: 'job-1/0/0', plan: buildPlan(), rows, recordNumbers, encoder },
    );
    const { outcomes } = decodeChunkOutcome(outcome);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['created', 'failed', 'created']);
    expect(outcomes[1]).toMatchObject({
      error: { apiErrorCode: 'BAD_REQUEST', message: expect.stringContaining('larger than can be stored') },
    });
    expect((await store.account('acme', 'a1'))?.users.map(({ id }) => id)).toEqual(['u0', 'u2']);
    store[Symbol.dispose]();
  });

  test('what is left of a deleted account is gone a day later, and a living one stays', async () => {
    const db = await connect();
    const store = await openMongodbParticipantStore(db);
    for (const id of ['ann', 'bob']) await decideAndCommit({ store, logic: directUpsertLogic }, direct(id, `direct-${id}`));
    const deletion = {
      ...direct('ann', 'direct-3'),
      rows: ['ann', 'bob'].map((id) => ({ row: { accountId: 'a1', id } })),
      recordNumbers: [0, 1],
    };
    const place = { tenant: 'acme', jobId: 'direct-3', slice: 0, partition: 0, sliceChunks: 1, recordNumbers: [0, 1], ignoredFields: [] };
    await decideAndCommit({ store, logic: deletionLogic }, { ...deletion, encoder: new ChunkOutcomeEncoder(place) });
    const left = async () => [await db.collection('accounts').countDocuments(), await db.collection('endedLives').countDocuments()];
    await store.removeDecisionsBefore(0);
    expect(await left()).toEqual([1, 2]);
    const anHourOver = { $set: { diedAt: new Date(Date.now() - 25 * 3600 * 1000) } };
    await db.collection('endedLives').updateMany({}, anHourOver);
    await db.collection('accounts').updateMany({}, anHourOver);
    await store.removeDecisionsBefore(0);
    expect(await left()).toEqual([0, 0]);
    store[Symbol.dispose]();
  });

  test('claims of a finished job that came to nothing are gone after the next clean-up', async () => {
    const db = await connect();
    const store = await openMongodbParticipantStore(db);
    const claims = Array.from({ length: 2500 }, (_, i) => ({
      ...{ key: `code:C${i}`, owner: { accountId: 'a1', id: 'ann' }, programId: 'default', code: `C${i}`, recordNumber: i },
    }));
    await store.claim('acme/x', 'job-1', claims);
    await store.claim('acme/x', 'job-2', [{ ...claims[0]!, key: 'code:OTHER', code: 'OTHER' }]);
    await store.releaseClaims('acme/x', 'job-1');
    await store.removeDecisionsBefore(0);
    const left = await db.collection<{ _id: string }>('claims').find().toArray();
    expect(left.map(({ _id }) => _id)).toEqual(['acme%2Fx/code:OTHER']);
    expect(await db.collection('claimants').countDocuments()).toBe(1);
    store[Symbol.dispose]();
  });
});
