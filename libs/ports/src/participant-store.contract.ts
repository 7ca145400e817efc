import type { Account, Attribution, CodeState, Referral, User, UserSearch } from '@advocate/domain';
import { codeKey, keysOf, linkKey, userText } from '@advocate/domain';
import { buildAccount, buildUser, builtAt } from '@advocate/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import type {
  AccountDecision,
  AccountPortion,
  ChunkDecision,
  CodeClaim,
  CommitResult,
  HistoryItem,
  ParticipantStore,
  StoredReferral,
} from './participant-store.ts';

export interface ParticipantStoreUnderTest extends AsyncDisposable {
  readonly store: ParticipantStore;
  /** The same data as another process sees it. */
  readonly peer: ParticipantStore;
}

const tenant = 'acme';
const timeout = 60_000;

/** The promises of {@link ParticipantStore}. `create` answers an empty store. */
export function participantStoreContract(name: string, create: () => Promise<ParticipantStoreUnderTest>): void {
  describe(`${name} as a participant store`, { timeout }, () => {
    const open = async () => {
      const opened = await create();
      onTestFinished(() => opened[Symbol.asyncDispose]());
      return opened;
    };

    describe('accounts', () => {
      test('loads the accounts that exist, by id, and nothing for the others', async () => {
        const { store, peer } = await open();
        const ann = buildUser({ id: 'ann' });
        const bob = buildUser({ id: 'bob' });
        await apply(store, [put('a1', ann), put('a2', bob)]);
        const { accounts } = await load(peer, ['a2', 'nobody', 'a1', 'a2']);
        expect([...accounts.keys()].toSorted()).toEqual(['a1', 'a2']);
        expect(accounts.get('a1')?.account).toEqual(buildAccount('a1', ann));
        expect(accounts.get('a2')?.account).toEqual(buildAccount('a2', bob));
        expect(await peer.account(tenant, 'a2')).toEqual(buildAccount('a2', bob));
        expect(await peer.account(tenant, 'nobody')).toBeUndefined();
      });

      test('answers an empty request with nothing', async () => {
        const { store } = await open();
        await apply(store, [put('a1', buildUser({ id: 'ann' }))]);
        const { accounts, codes, doNotTrack } = await load(store, []);
        expect([accounts.size, codes.size, doNotTrack.size]).toEqual([0, 0, 0]);
      });

      test('keeps every field of a user, whatever its names and values', async () => {
        const { store, peer } = await open();
        const user = buildUser({
          id: 'ann',
          firstName: 'Zoë "the 🎉"',
          lastName: "O'Neil\\\u2028",
          email: 'ann@example.com',
          referable: false,
          locale: 'en_CA',
          countryCode: 'CA',
          dateCreated: 0,
          dateUsTaxFormSubmitted: 1_893_456_000_123,
          imageUrl: 'https://example.com/ann.png?a=1&b=%20',
          codes: hostileMap(['FIRST', 'Second'], ['THIRD']),
          links: hostileMap(['https://example.com/ann'], ['https://example.com/more']),
          segments: ['a', 'b'],
          customFields: hostileMap<string | number>('text', 0.1),
          referredIn: ['default'],
          changedBy: { jobId: 'job-7', recordNumber: 500_001 },
        });
        await apply(store, [put('a1', user)]);
        const stored = (await peer.account(tenant, 'a1'))?.users[0];
        expect(JSON.stringify(stored)).toBe(JSON.stringify(user));
      });

      test.each([
        ['a property of every object', '__proto__'],
        ['a method of every object', 'constructor'],
        ['letters of all languages', 'жük/ß 李🎉'],
        ['255 characters', 'x'.repeat(255)],
        ['255 characters outside the basic plane', '🎉'.repeat(255)],
        ['quotes and wildcards', `a'"%_\\$.{}`],
      ])('takes ids that are %s', async (_, id) => {
        const { store, peer } = await open();
        const user = buildUser({ id, incarnation: 'life-1', codes: { default: ['CODE'] } });
        const owner = { accountId: id, id };
        await apply(store, [put(id, user), put(`${id.slice(0, -2)}!`, buildUser({ id: 'other' }))], { jobId: 'job-1' });
        expect([...(await load(peer, [id])).accounts.values()].map(({ account }) => account)).toEqual([buildAccount(id, user)]);
        expect(await peer.findCode(tenant, codeKey('code'))).toMatchObject({ owner, listedBy: 'job-1' });
        expect(await store.recordHistory(tenant, reward('r1', { ...owner, incarnation: 'life-1' }))).toBe(true);
        await store.claim(tenant, 'job-2', [claim('OTHER', owner, 7)]);
        expect(await peer.findCode(tenant, codeKey('OTHER'))).toMatchObject({ owner, incarnation: 'life-1' });
        await apply(store, [drop(id, [id], { doNotTrack: true })]);
        expect(await peer.account(tenant, id)).toBeUndefined();
        expect((await load(peer, [], { doNotTrack: [owner] })).doNotTrack).toEqual(new Set([userText(owner)]));
      });

      test('tells ids apart that differ only in letter case, in form or in white space', async () => {
        const { store, peer } = await open();
        const ids = ['Ann', 'ann', 'ann ', ' ann', 'a\u0308nn', '\u00e4nn'];
        await apply(
          store,
          ids.map((id) => put(id, buildUser({ id }))),
        );
        for (const id of ids) expect(await peer.account(tenant, id)).toEqual(buildAccount(id, buildUser({ id })));
      });

      test('creates, updates and deletes accounts in one commit', async () => {
        const { store, peer } = await open();
        await apply(store, [put('updated', buildUser({ id: 'u' })), put('deleted', buildUser({ id: 'd' }))]);
        const changed = buildUser({ id: 'u', email: 'u@example.com' });
        const result = await apply(store, [put('created', buildUser({ id: 'c' })), put('updated', changed), drop('deleted', ['d'])]);
        expect(result.status).toBe('committed');
        expect(await peer.account(tenant, 'created')).toEqual(buildAccount('created', buildUser({ id: 'c' })));
        expect(await peer.account(tenant, 'updated')).toEqual(buildAccount('updated', changed));
        expect(await peer.account(tenant, 'deleted')).toBeUndefined();
      });

      test('keeps the users of an account in their order', async () => {
        const { store, peer } = await open();
        const users = ['m', 'z', 'a', '10', '9'].map((id) => buildUser({ id }));
        await apply(store, [put('a1', ...users)]);
        await apply(store, [put('a1', buildUser({ id: 'a', firstName: 'Anna' }))]);
        expect((await peer.account(tenant, 'a1'))?.users.map(({ id }) => id)).toEqual(['m', 'z', 'a', '10', '9']);
      });

      test('keeps an account that a deletion emptied and preserved', async () => {
        const { store, peer } = await open();
        await apply(store, [put('a1', buildUser({ id: 'ann' }))]);
        await apply(store, [drop('a1', ['ann'], { preserve: true })]);
        expect(await peer.account(tenant, 'a1')).toEqual(buildAccount('a1'));
        expect((await load(peer, ['a1'])).accounts.get('a1')?.account).toEqual(buildAccount('a1'));
      });

      test('holds an account of 1,000 users', async () => {
        const { store, peer } = await open();
        const users = Array.from({ length: 1000 }, (_, i) => buildUser({ id: `u${i}`, codes: { default: [`CODE${i}`] } }));
        await apply(store, [put('a1', ...users)]);
        expect(await peer.account(tenant, 'a1')).toEqual(buildAccount('a1', ...users));
        expect((await peer.findCode(tenant, codeKey('CODE999')))?.owner).toEqual({ accountId: 'a1', id: 'u999' });
      });

      test('gives an account a new token with every write, and keeps it while nothing is written', async () => {
        const { store, peer } = await open();
        const tokens = new Set<string | undefined>();
        const tokenOf = async () => (await load(peer, ['a1'])).accounts.get('a1')?.token;
        for (const firstName of ['Ann', 'Anna', 'Ann']) {
          await apply(store, [put('a1', buildUser({ id: 'ann', firstName }))]);
          tokens.add(await tokenOf());
        }
        await apply(store, [drop('a1', ['ann'])]);
        await apply(store, [put('a1', buildUser({ id: 'ann', firstName: 'Ann' }))]);
        tokens.add(await tokenOf());
        expect(tokens.size).toBe(4);
        const before = await tokenOf();
        await apply(store, [unchanged('a1'), put('a2', buildUser({ id: 'bob' }))]);
        expect(await tokenOf()).toBe(before);
      });
    });

    describe('commits', () => {
      test('answers with the outcome, which it then has', async () => {
        const { store, peer } = await open();
        expect(await peer.committed('job-1/0/0')).toBeUndefined();
        expect(await peer.isCommitted('job-1/0/0')).toBe(false);
        const outcome = Uint8Array.of(0, 255, 10, 0);
        const result = await apply(store, [put('a1', buildUser({ id: 'ann' }))], { chunkId: 'job-1/0/0', outcome });
        expect(result.status).toBe('committed');
        expect(outcomeOf(result)).toEqual([...outcome]);
        expect([...((await peer.committed('job-1/0/0')) ?? [])]).toEqual([...outcome]);
        expect(await peer.isCommitted('job-1/0/0')).toBe(true);
        expect(await peer.isCommitted('job-1/0/1')).toBe(false);
        expect(await peer.committed('job-1/0/1')).toBeUndefined();
      });

      test('commits a chunk that touches no account', async () => {
        const { store, peer } = await open();
        expect((await apply(store, [], { chunkId: 'c1', outcome: Uint8Array.of(7) })).status).toBe('committed');
        expect([...((await peer.committed('c1')) ?? [])]).toEqual([7]);
      });

      test('keeps an outcome of a megabyte', async () => {
        const { store, peer } = await open();
        const outcome = Uint8Array.from({ length: 1_000_000 }, (_, i) => i % 251);
        await apply(store, [], { chunkId: 'c1', outcome });
        expect(Buffer.compare((await peer.committed('c1')) ?? new Uint8Array(), outcome)).toBe(0);
      });

      test('answers a chunk that is committed again with its first outcome, and changes nothing', async () => {
        const { store, peer } = await open();
        await apply(store, [put('a1', buildUser({ id: 'ann', codes: { default: ['FIRST'] } }))], {
          chunkId: 'c1',
          outcome: Uint8Array.of(1),
        });
        const token = (await load(store, ['a1'])).accounts.get('a1')?.token;
        const again = await apply(
          peer,
          [put('a1', buildUser({ id: 'ann', firstName: 'Anna', codes: { default: ['SECOND'] } })), put('a2', buildUser({ id: 'bob' }))],
          { chunkId: 'c1', outcome: Uint8Array.of(2) },
        );
        expect(again.status).toBe('committed');
        expect(outcomeOf(again)).toEqual([1]);
        expect([...((await store.committed('c1')) ?? [])]).toEqual([1]);
        expect((await load(store, ['a1'])).accounts.get('a1')?.token).toBe(token);
        expect(await store.account(tenant, 'a2')).toBeUndefined();
        expect(await store.findCode(tenant, codeKey('SECOND'))).toBeUndefined();
      });

      test('answers a committed chunk with its outcome even when its accounts have moved since', async () => {
        const { store, peer } = await open();
        const decision = await decide(store, [put('a1', buildUser({ id: 'ann' }))], { outcome: Uint8Array.of(1) });
        await store.commit(decision);
        await apply(peer, [put('a1', buildUser({ id: 'ann', firstName: 'Anna' }))]);
        expect(outcomeOf(await store.commit(decision))).toEqual([1]);
        expect((await store.account(tenant, 'a1'))?.users[0]?.firstName).toBe('Anna');
      });

      test('a deletion that is committed again harms nothing that was created anew under the same ids', async () => {
        const { store, peer } = await open();
        const ann = buildUser({ id: 'ann', incarnation: 'life-1', codes: { default: ['ANN'] } });
        await apply(store, [put('a1', ann)]);
        const deletion = await decide(store, [drop('a1', ['ann'], { doNotTrack: false })], {
          chunkId: 'deletion',
          outcome: Uint8Array.of(1),
        });
        await store.commit(deletion);
        const anew = { ...ann, incarnation: 'life-2' };
        await apply(store, [put('a1', anew)]);
        const life = { accountId: 'a1', id: 'ann', incarnation: 'life-2' };
        await store.recordHistory(tenant, reward('r1', life));
        expect(outcomeOf(await peer.commit(deletion))).toEqual([1]);
        expect(await peer.account(tenant, 'a1')).toEqual(buildAccount('a1', anew));
        expect(await peer.countHistory(tenant, 'life-2')).toEqual({ referrals: 0, rewards: 1, events: 0 });
        expect(await peer.findCode(tenant, codeKey('ANN'))).toMatchObject({ incarnation: 'life-2' });
      });
    });

    test('forgets the decisions of old jobs, and nothing else of them', async () => {
      const { store, peer } = await open();
      await apply(store, [put('a1', buildUser({ id: 'ann' }))], { chunkId: 'old', date: builtAt });
      await apply(store, [put('a2', buildUser({ id: 'bob' }))], { chunkId: 'new', date: builtAt + 1 });
      await store.removeDecisionsBefore(builtAt + 1);
      expect(await peer.isCommitted('old')).toBe(false);
      expect(await peer.isCommitted('new')).toBe(true);
      expect(await peer.account(tenant, 'a1')).toBeDefined();
    });

    describe('accounts that moved', () => {
      const changes: readonly (readonly [string, readonly Edit[], readonly Edit[]])[] = [
        ['created', [], [put('a1', buildUser({ id: 'bob' }))]],
        ['changed', [put('a1', buildUser({ id: 'bob' }))], [put('a1', buildUser({ id: 'bob', firstName: 'Bo' }))]],
        ['deleted', [put('a1', buildUser({ id: 'bob' }))], [drop('a1', ['bob'])]],
        ['emptied', [put('a1', buildUser({ id: 'bob' }))], [drop('a1', ['bob'], { preserve: true })]],
      ];

      test.each(changes)(
        'names an account that was %s since it was loaded, and commits once it is decided again',
        async (_, before, meanwhile) => {
          const { store, peer } = await open();
          await apply(store, before);
          const edits = [put('a1', buildUser({ id: 'ann' })), put('a2', buildUser({ id: 'cat' }))];
          const options = { chunkId: 'c1', outcome: Uint8Array.of(1) };
          const decision = await decide(store, edits, options);
          await apply(peer, meanwhile);
          const inBetween = (await store.account(tenant, 'a1'))?.users ?? [];

          const moved = await store.commit(decision);
          expect(moved).toMatchObject({ status: 'moved', accountIds: ['a1'], codes: [] });
          expect(await store.isCommitted('c1')).toBe(false);
          expect(await store.committed('c1')).toBeUndefined();

          expect((await store.commit(await decideAgain(store, decision, edits, moved))).status).toBe('committed');
          expect((await peer.account(tenant, 'a1'))?.users).toEqual([...inBetween, buildUser({ id: 'ann' })]);
          expect(await peer.account(tenant, 'a2')).toEqual(buildAccount('a2', buildUser({ id: 'cat' })));
          expect([...((await peer.committed('c1')) ?? [])]).toEqual([1]);
        },
      );

      test('names an account that was deleted and created anew since it was loaded', async () => {
        const { store, peer } = await open();
        const bob = buildUser({ id: 'bob' });
        await apply(store, [put('a1', bob)]);
        const decision = await decide(store, [drop('a1', ['bob'])]);
        await apply(peer, [drop('a1', ['bob'])]);
        await apply(peer, [put('a1', bob)]);
        expect(await store.commit(decision)).toMatchObject({ status: 'moved', accountIds: ['a1'], codes: [] });
        expect(await store.account(tenant, 'a1')).toEqual(buildAccount('a1', bob));
      });

      test('names an account that was loaded before another write of the same job', async () => {
        const { store, peer } = await open();
        const decision = await decide(store, [put('a1', buildUser({ id: 'ann' }))], { jobId: 'job-1', chunkId: 'job-1/1/0' });
        await apply(peer, [put('a1', buildUser({ id: 'bob' }))], { jobId: 'job-1', chunkId: 'job-1/0/0' });
        expect((await store.commit(decision)).status).toBe('moved');
      });

      test('names an account that came and went again, its user now not to be tracked', async () => {
        const { store } = await open();
        const decision = await decide(store, [put('a1', buildUser({ id: 'ann' }))]);
        await apply(store, [put('a1', buildUser({ id: 'ann', incarnation: 'other' }))]);
        await apply(store, [drop('a1', ['ann'], { doNotTrack: true })]);
        expect(await store.commit(decision)).toMatchObject({ status: 'moved', accountIds: ['a1'], codes: [] });
      });

      test('commits what was decided before others wrote something else', async () => {
        const { store, peer } = await open();
        const decision = await decide(store, [put('a1', buildUser({ id: 'ann' })), unchanged('a2')]);
        await apply(peer, [put('a3', buildUser({ id: 'bob' }))]);
        expect((await store.commit(decision)).status).toBe('committed');
        expect((await store.account(tenant, 'a1'))?.users.map(({ id }) => id)).toEqual(['ann']);
      });

      test('names all accounts that moved', async () => {
        const { store, peer } = await open();
        const ids = ['a1', 'a2', 'a3', 'a4'];
        const decision = await decide(
          store,
          ids.map((id) => put(id, buildUser({ id: 'ann' }))),
        );
        await apply(peer, [put('a2', buildUser({ id: 'bob' })), put('a4', buildUser({ id: 'bob' }))]);
        const result = await store.commit(decision);
        expect(result.status === 'moved' && result.accountIds.toSorted()).toEqual(['a2', 'a4']);
      });

      test('does not mind that an account moved on which the decision changes nothing', async () => {
        const { store, peer } = await open();
        await apply(store, [put('a1', buildUser({ id: 'ann' }))]);
        const decision = await decide(store, [unchanged('a1'), unchanged('absent'), put('a2', buildUser({ id: 'bob' }))]);
        await apply(peer, [put('a1', buildUser({ id: 'ann', firstName: 'Anna' })), put('absent', buildUser({ id: 'cat' }))]);
        expect((await store.commit(decision)).status).toBe('committed');
        expect((await store.account(tenant, 'a1'))?.users[0]?.firstName).toBe('Anna');
        expect(await store.account(tenant, 'absent')).toBeDefined();
      });

      test('lets exactly one of two concurrent commits have an account, and tells the other', async () => {
        const { store, peer } = await open();
        for (let round = 0; round < 10; round += 1) {
          const id = `a${round}`;
          const one = await decide(store, [put(id, buildUser({ id: 'one' }))]);
          const two = await decide(peer, [put(id, buildUser({ id: 'two' }))]);
          const results = await Promise.all([store.commit(one), peer.commit(two)]);
          expect(results.map(({ status }) => status).toSorted()).toEqual(['committed', 'moved']);
          const winner = results[0].status === 'committed' ? 'one' : 'two';
          expect((await store.account(tenant, id))?.users).toEqual([buildUser({ id: winner })]);
        }
      });

      test('loses no change of writers that decide again when told, however they meet', async () => {
        const { store, peer } = await open();
        const ids = Array.from({ length: 24 }, (_, i) => `u${i}`);
        await Promise.all(ids.map((id, i) => applyUntilCommitted(i % 2 === 0 ? store : peer, [put('shared', buildUser({ id }))])));
        expect((await store.account(tenant, 'shared'))?.users.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
      });

      test('takes many commits at a time', async () => {
        const { store, peer } = await open();
        const ids = Array.from({ length: 30 }, (_, i) => `a${i}`);
        const results = await Promise.all(ids.map((id, i) => apply(i % 3 === 0 ? peer : store, [put(id, buildUser({ id }))])));
        expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['committed']));
        expect((await load(peer, ids)).accounts.size).toBe(ids.length);
      });

      test('tells of a decision for other accounts that stands, and takes only the amendment', async () => {
        const { store, peer } = await open();
        await apply(store, [put('a1', buildUser({ id: 'bob' }))]);
        const edits = [put('a1', buildUser({ id: 'ann' })), put('a2', buildUser({ id: 'cat' }))];
        const decision = await decide(store, edits, { outcome: Uint8Array.of(1) });
        await apply(peer, [put('a1', buildUser({ id: 'bob', firstName: 'Bo' }))]);
        const moved = await store.commit(decision);
        if (moved.status !== 'moved') throw new Error('The account has moved');
        const written = await peer.account(tenant, 'a2');
        expect(written !== undefined).toBe(moved.standing !== undefined);
        if (moved.standing !== undefined) expect([...moved.standing.outcome]).toEqual([1]);

        const amended = { ...(await decideAgain(store, decision, edits, moved)), outcome: Uint8Array.of(2) };
        expect(outcomeOf(await store.commit(amended))).toEqual([2]);
        expect([...((await peer.committed(decision.chunkId)) ?? [])]).toEqual([2]);
        expect((await peer.account(tenant, 'a1'))?.users).toEqual([buildUser({ id: 'bob', firstName: 'Bo' }), buildUser({ id: 'ann' })]);
        expect(await peer.account(tenant, 'a2')).toEqual(buildAccount('a2', buildUser({ id: 'cat' })));
      });

      test('lets another worker carry on a decision that stands, and decide again what moved', async () => {
        const { store, peer } = await open();
        await apply(store, [put('a1', buildUser({ id: 'bob' }))]);
        const edits = [put('a1', buildUser({ id: 'ann' })), put('a2', buildUser({ id: 'cat' }))];
        const decision = await decide(store, edits, { outcome: Uint8Array.of(1) });
        await apply(peer, [put('a1', buildUser({ id: 'bob', firstName: 'Bo' }))]);
        expect((await store.commit(decision)).status).toBe('moved');

        // The worker is gone; another one gets the chunk, and decides on what it finds.
        const anew = await decide(peer, edits, { chunkId: decision.chunkId, outcome: Uint8Array.of(3) });
        let result = await peer.commit(anew);
        if (result.status === 'moved')
          result = await peer.commit({ ...(await decideAgain(peer, anew, edits, result)), outcome: Uint8Array.of(3) });
        expect(outcomeOf(result)).toEqual([3]);
        expect((await store.account(tenant, 'a1'))?.users.map(({ id }) => id)).toEqual(['bob', 'ann']);
        expect((await store.account(tenant, 'a2'))?.users.map(({ id }) => id)).toEqual(['cat']);
      });

      test.each([1, 15, 20])('keeps an account of %i MB if it says that it fits', async (megabytes) => {
        const { store, peer } = await open();
        const user = (i: number) => buildUser({ id: `u${i}`, customFields: { text: 'x'.repeat(1_000_000) } });
        const account = buildAccount('a1', ...Array.from({ length: megabytes }, (_, i) => user(i)));
        if (!store.fits(account)) return expect(megabytes).toBeGreaterThan(15);
        expect((await apply(store, [put('a1', ...account.users)])).status).toBe('committed');
        expect(await peer.account(tenant, 'a1')).toEqual(account);
      });

      test('tells both of two workers on one chunk the same outcome', async () => {
        const { store, peer } = await open();
        const edits = [put('a1', buildUser({ id: 'ann' }))];
        const one = await decide(store, edits, { chunkId: 'c1', outcome: Uint8Array.of(1) });
        const two = await decide(peer, edits, { chunkId: 'c1', outcome: Uint8Array.of(2) });
        const results = await Promise.all([store.commit(one), peer.commit(two)]);
        expect(results.map(({ status }) => status)).toEqual(['committed', 'committed']);
        expect(outcomeOf(results[0])).toEqual(outcomeOf(results[1]));
        expect([...((await store.committed('c1')) ?? [])]).toEqual(outcomeOf(results[0]));
      });
    });

    describe('codes and links', () => {
      test('finds a code by its key in any letter case, as its holder spells it', async () => {
        const { store, peer } = await open();
        const ann = buildUser({ id: 'ann', incarnation: 'life-1', codes: { spring: ['Ann1', 'ann2'], autumn: ['ANN3'] } });
        await apply(store, [put('a1', buildUser({ id: 'bob', codes: { spring: ['BOB'] } }), ann)], { jobId: 'job-1' });
        const held = { owner: { accountId: 'a1', id: 'ann' }, incarnation: 'life-1', listedBy: 'job-1' };
        for (const key of [codeKey('ann1'), codeKey('ANN1')]) {
          expect(await peer.findCode(tenant, key)).toEqual({ ...held, programId: 'spring', code: 'Ann1' } satisfies CodeState);
        }
        const { codes } = await load(peer, [], { codes: ['ANN2', 'ANN3', 'BOB', 'NOBODY'].map(codeKey) });
        expect([...codes.keys()].toSorted()).toEqual(['ANN2', 'ANN3', 'BOB'].map(codeKey));
        expect(codes.get(codeKey('ANN2'))).toEqual({ ...held, programId: 'spring', code: 'ann2' });
        expect(codes.get(codeKey('ANN3'))).toEqual({ ...held, programId: 'autumn', code: 'ANN3' });
        expect(codes.get(codeKey('BOB'))?.owner).toEqual({ accountId: 'a1', id: 'bob' });
        expect(await peer.findCode(tenant, codeKey('NOBODY'))).toBeUndefined();
      });

      test('finds a link by its key, and takes it for no code', async () => {
        const { store, peer } = await open();
        const link = 'https://Example.com/Ann/';
        await apply(store, [put('a1', buildUser({ id: 'ann', codes: { default: ['EXAMPLE'] }, links: { default: [link] } }))]);
        expect(await peer.findCode(tenant, linkKey('https://example.com/Ann'))).toMatchObject({ code: link, programId: 'default' });
        expect(await peer.findCode(tenant, linkKey('https://example.com/ann'))).toBeUndefined();
        expect(await peer.findCode(tenant, codeKey('example.com/Ann'))).toBeUndefined();
      });

      test('remembers the job that listed a code while others change its owner', async () => {
        const { store, peer } = await open();
        const ann = buildUser({ id: 'ann', codes: { default: ['ANN'] } });
        await apply(store, [put('a1', ann)], { jobId: 'job-1' });
        const more = { ...ann, firstName: 'Anna', codes: { default: ['NEW', 'ANN'] } };
        await apply(peer, [put('a1', more)], { jobId: 'job-2' });
        expect((await store.findCode(tenant, codeKey('ANN')))?.listedBy).toBe('job-1');
        expect((await store.findCode(tenant, codeKey('NEW')))?.listedBy).toBe('job-2');
      });

      test('names the job that listed a code also when the first commit of that job had moved', async () => {
        const { store, peer } = await open();
        const edits = [put('a1', buildUser({ id: 'ann', codes: { default: ['ANN'] } }))];
        const decision = await decide(store, edits, { jobId: 'job-1' });
        await apply(peer, [put('a1', buildUser({ id: 'bob', codes: { default: ['BOB'] } }))], { jobId: 'job-2' });
        const moved = await store.commit(decision);
        expect(moved.status).toBe('moved');
        await store.commit(await decideAgain(store, decision, edits, moved));
        for (const reader of [store, peer]) {
          expect((await reader.findCode(tenant, codeKey('ANN')))?.listedBy).toBe('job-1');
          expect((await reader.findCode(tenant, codeKey('BOB')))?.listedBy).toBe('job-2');
        }
      });

      test('names code and account when another account has come to list the code', async () => {
        const { store, peer } = await open();
        const decision = await decide(store, [put('a1', buildUser({ id: 'ann', codes: { default: ['spring'] } }))]);
        await apply(peer, [put('a2', buildUser({ id: 'bob', codes: { default: ['SPRING'] } }))]);
        const moved = await store.commit(decision);
        expect(moved).toMatchObject({ status: 'moved', accountIds: ['a1'], codes: [codeKey('SPRING')] });
        expect(await store.isCommitted(decision.chunkId)).toBe(false);
        expect(await store.account(tenant, 'a1')).toBeUndefined();

        const again = await load(store, ['a1'], { codes: [codeKey('SPRING')] });
        expect(again.codes.get(codeKey('SPRING'))?.owner).toEqual({ accountId: 'a2', id: 'bob' });
        const other = [put('a1', buildUser({ id: 'ann', codes: { default: ['SPRING2'] } }))];
        expect((await store.commit(await decideAgain(store, decision, other, moved))).status).toBe('committed');
        expect((await peer.findCode(tenant, codeKey('SPRING')))?.owner.id).toBe('bob');
        expect((await peer.findCode(tenant, codeKey('SPRING2')))?.owner.id).toBe('ann');
      });

      test('names a code that another user of the same account holds', async () => {
        const { store } = await open();
        await apply(store, [put('a1', buildUser({ id: 'one' }), buildUser({ id: 'two', codes: { default: ['SPRING'] } }))]);
        for (const id of ['one', 'three']) {
          const decision = await decide(store, [put('a1', buildUser({ id, codes: { default: ['SPRING'] } }))]);
          expect(await store.commit(decision)).toMatchObject({ status: 'moved', accountIds: ['a1'], codes: [codeKey('SPRING')] });
        }
      });

      test('names a code that two accounts of the decision list', async () => {
        const { store } = await open();
        const decision = await decide(store, [
          put('a1', buildUser({ id: 'ann', codes: { default: ['SPRING'] } })),
          put('a2', buildUser({ id: 'bob', codes: { default: ['SPRING'] } })),
        ]);
        const result = await store.commit(decision);
        expect(result).toMatchObject({ status: 'moved', codes: [codeKey('SPRING')] });
        expect(await store.isCommitted(decision.chunkId)).toBe(false);
      });

      test('takes a code that a decision lists twice for one user', async () => {
        const { store } = await open();
        const decision = await decide(store, [put('a1', buildUser({ id: 'ann', codes: { default: ['SPRING'] } }))]);
        const [account] = decision.accounts;
        if (account === undefined) throw new Error('The decision has no account');
        const listed = [...account.change.listed, ...account.change.listed];
        expect(listed).toHaveLength(2);
        const twice = { ...decision, accounts: [{ ...account, change: { ...account.change, listed } }] };
        expect((await store.commit(twice)).status).toBe('committed');
      });

      test('lets exactly one of two concurrent commits have a code', async () => {
        const { store, peer } = await open();
        for (let round = 0; round < 10; round += 1) {
          const codes = { default: [`SPRING${round}`] };
          const one = await decide(store, [put(`one${round}`, buildUser({ id: 'one', codes }))]);
          const two = await decide(peer, [put(`two${round}`, buildUser({ id: 'two', codes }))]);
          const results = await Promise.all([store.commit(one), peer.commit(two)]);
          expect(results.map(({ status }) => status).toSorted()).toEqual(['committed', 'moved']);
          const winner = results[0].status === 'committed' ? 'one' : 'two';
          expect((await store.findCode(tenant, codeKey(`SPRING${round}`)))?.owner.id).toBe(winner);
        }
      });

      test('gives a freed code to whoever lists it next', async () => {
        const { store, peer } = await open();
        const link = 'https://example.com/ann';
        const user = (id: string) => buildUser({ id, codes: { default: ['ANN', 'ANN2'] }, links: { default: [link] } });
        await apply(store, [put('a1', user('ann'), buildUser({ id: 'cat', codes: { default: ['CAT'] } }))], { jobId: 'job-1' });
        await apply(store, [drop('a1', ['ann'])]);
        await store.releaseClaims(tenant, 'job-1');
        for (const key of [codeKey('ANN'), codeKey('ANN2'), linkKey(link)]) expect(await peer.findCode(tenant, key)).toBeUndefined();
        expect((await peer.findCode(tenant, codeKey('CAT')))?.owner.id).toBe('cat');
        expect((await apply(peer, [put('a2', user('bob'))], { jobId: 'job-2' })).status).toBe('committed');
        for (const key of [codeKey('ANN'), codeKey('ANN2'), linkKey(link)]) {
          expect(await store.findCode(tenant, key)).toMatchObject({ owner: { accountId: 'a2', id: 'bob' }, listedBy: 'job-2' });
        }
      });

      test('gives a code freed by the end of its account to a user created anew in it', async () => {
        const { store } = await open();
        const ann = buildUser({ id: 'ann', codes: { default: ['ANN'] } });
        await apply(store, [put('a1', ann)], { jobId: 'job-1' });
        await apply(store, [drop('a1', ['ann'])]);
        await apply(store, [put('a1', { ...ann, incarnation: 'life-2' })], { jobId: 'job-2' });
        expect(await store.findCode(tenant, codeKey('ANN'))).toMatchObject({ incarnation: 'life-2', listedBy: 'job-2' });
      });
    });

    describe('claims', () => {
      const ann = { accountId: 'a1', id: 'ann' };
      const bob = { accountId: 'a2', id: 'bob' };
      const key = codeKey('SPRING');
      const claimOf = async (store: ParticipantStore, jobId: string) => (await load(store, [], { codes: [key], jobId })).codes.get(key);

      test('the first to claim a code has it, within a call and after it', async () => {
        const { store, peer } = await open();
        await store.claim(tenant, 'job-1', [claim('Spring', ann, 2), claim('SPRING', bob, 3), claim('AUTUMN', bob, 4)]);
        await peer.claim(tenant, 'job-1', [claim('AUTUMN', ann, 5)]);
        expect(await claimOf(peer, 'job-1')).toEqual({
          owner: ann,
          programId: 'default',
          code: 'Spring',
          claim: { jobId: 'job-1', recordNumber: 2 },
        } satisfies CodeState);
        expect(await peer.findCode(tenant, codeKey('AUTUMN'))).toMatchObject({ owner: bob, claim: { jobId: 'job-1', recordNumber: 4 } });
      });

      test('a claim made again changes nothing, also after others tried', async () => {
        const { store, peer } = await open();
        const claims = [claim('SPRING', ann, 2), claim('SPRING', bob, 3), claim('SPRING', ann, 9, 'autumn')];
        await store.claim(tenant, 'job-1', claims);
        const first = await claimOf(store, 'job-1');
        await peer.claim(tenant, 'job-1', claims);
        expect(await claimOf(store, 'job-1')).toEqual(first);
        expect(first).toMatchObject({ owner: ann, programId: 'default', claim: { recordNumber: 2 } });
      });

      test('a code that somebody else holds cannot be claimed, one that the owner holds can', async () => {
        const { store, peer } = await open();
        await apply(store, [put('a1', buildUser({ id: 'ann', incarnation: 'life-1', codes: { default: ['spring'] } }))], {
          jobId: 'job-0',
        });
        await peer.claim(tenant, 'job-1', [claim('SPRING', bob, 2)]);
        const held = { owner: ann, programId: 'default', code: 'spring', incarnation: 'life-1', listedBy: 'job-0' };
        expect(await claimOf(store, 'job-1')).toEqual(held);
        await peer.claim(tenant, 'job-1', [claim('SPRING', ann, 3)]);
        expect(await claimOf(store, 'job-1')).toEqual({ ...held, claim: { jobId: 'job-1', recordNumber: 3 } });
      });

      test('a code that another job claimed for somebody else cannot be claimed', async () => {
        const { store, peer } = await open();
        await store.claim(tenant, 'job-1', [claim('SPRING', ann, 2)]);
        await peer.claim(tenant, 'job-2', [claim('SPRING', bob, 2)]);
        expect(await claimOf(peer, 'job-2')).toMatchObject({ owner: ann, claim: { jobId: 'job-1', recordNumber: 2 } });
        await store.releaseClaims(tenant, 'job-1');
        expect(await claimOf(peer, 'job-2')).toBeUndefined();
      });

      test('two jobs may claim a code for the same user, and each is shown its own claim', async () => {
        const { store, peer } = await open();
        await store.claim(tenant, 'job-1', [claim('SPRING', ann, 2)]);
        await peer.claim(tenant, 'job-2', [claim('SPRING', ann, 7)]);
        expect((await claimOf(store, 'job-1'))?.claim).toEqual({ jobId: 'job-1', recordNumber: 2 });
        expect((await claimOf(store, 'job-2'))?.claim).toEqual({ jobId: 'job-2', recordNumber: 7 });
        expect((await claimOf(store, 'job-3'))?.owner).toEqual(ann);
        await store.releaseClaims(tenant, 'job-1');
        expect((await claimOf(store, 'job-1'))?.claim).toEqual({ jobId: 'job-2', recordNumber: 7 });
      });

      test('exactly one of two concurrent claims is made', async () => {
        const { store, peer } = await open();
        await Promise.all([
          store.claim(tenant, 'job-1', [claim('SPRING', ann, 2)]),
          peer.claim(tenant, 'job-2', [claim('SPRING', bob, 3)]),
        ]);
        const owner = (await claimOf(store, 'job-1'))?.owner;
        await store.releaseClaims(tenant, owner?.id === 'ann' ? 'job-1' : 'job-2');
        expect(await claimOf(store, 'job-1')).toBeUndefined();
      });

      test('a claimed code is named as moved to whoever lists it for somebody else, and is its owner’s to list', async () => {
        const { store, peer } = await open();
        await store.claim(tenant, 'job-1', [claim('SPRING', ann, 2)]);
        for (const jobId of ['job-1', 'job-2']) {
          const decision = await decide(peer, [put('a2', buildUser({ id: 'bob', codes: { default: ['spring'] } }))], { jobId });
          expect(await peer.commit(decision)).toMatchObject({ status: 'moved', accountIds: ['a2'], codes: [key] });
          expect(await peer.account(tenant, 'a2')).toBeUndefined();
        }
        const own = await apply(peer, [put('a1', buildUser({ id: 'ann', codes: { default: ['SPRING'] } }))], { jobId: 'job-3' });
        expect(own.status).toBe('committed');
        expect(await claimOf(store, 'job-1')).toMatchObject({ owner: ann, listedBy: 'job-3', claim: { jobId: 'job-1' } });
      });

      test('released claims leave listed codes alone and free the others', async () => {
        const { store, peer } = await open();
        await store.claim(tenant, 'job-1', [claim('SPRING', ann, 2), claim('AUTUMN', ann, 2)]);
        await apply(store, [put('a1', buildUser({ id: 'ann', incarnation: 'life-1', codes: { default: ['SPRING'] } }))], {
          jobId: 'job-1',
        });
        await peer.releaseClaims(tenant, 'job-1');
        await peer.releaseClaims(tenant, 'job-1');
        await peer.releaseClaims(tenant, 'a job without claims');
        const held = { owner: ann, programId: 'default', code: 'SPRING', incarnation: 'life-1', listedBy: 'job-1' };
        expect(await store.findCode(tenant, key)).toEqual(held);
        expect(await store.findCode(tenant, codeKey('AUTUMN'))).toBeUndefined();
        expect((await apply(store, [put('a2', buildUser({ id: 'bob', codes: { default: ['AUTUMN'] } }))])).status).toBe('committed');
      });

      test('names the life of a claim’s owner once that is stored', async () => {
        const { store, peer } = await open();
        await store.claim(tenant, 'job-1', [claim('SPRING', ann, 2)]);
        expect(await claimOf(peer, 'job-1')).not.toHaveProperty('incarnation');
        await apply(store, [put('a1', buildUser({ id: 'other', incarnation: 'other life' }))]);
        expect(await claimOf(peer, 'job-1')).not.toHaveProperty('incarnation');
        await apply(store, [put('a1', buildUser({ id: 'ann', incarnation: 'life-1' }))]);
        const state = await claimOf(peer, 'job-1');
        expect(state?.incarnation).toBe('life-1');
        expect(state).not.toHaveProperty('listedBy');
      });

      test('makes and drops tens of thousands of claims', async () => {
        const { store, peer } = await open();
        const claims = Array.from({ length: 45_000 }, (_, i) => claim(`C${i}`, ann, i + 2));
        await store.claim(tenant, 'job-1', claims);
        await store.claim(tenant, 'job-2', [claim('OTHER', bob, 2)]);
        expect((await peer.findCode(tenant, codeKey('C44999')))?.claim?.recordNumber).toBe(45_001);
        await peer.releaseClaims(tenant, 'job-1');
        const left = await load(store, [], { codes: [...claims.map((made) => made.key), codeKey('OTHER')] });
        expect([...left.codes.keys()]).toEqual([codeKey('OTHER')]);
      });
    });

    describe('the do-not-track list', () => {
      test('names those who are on it among the users asked for', async () => {
        const { store, peer } = await open();
        await apply(store, [put('a1', buildUser({ id: 'ann' }), buildUser({ id: 'bob' })), put('a2', buildUser({ id: 'cat' }))]);
        await apply(store, [drop('a1', ['ann'], { doNotTrack: true }), drop('a2', ['cat'], { doNotTrack: true })]);
        await apply(store, [drop('a1', ['bob'])]);
        const ann = { accountId: 'a1', id: 'ann' };
        const others = [
          { accountId: 'a1', id: 'bob' },
          { accountId: 'a2', id: 'ann' },
          { accountId: 'a', id: '1ann' },
          { accountId: 'ann', id: 'a1' },
        ];
        expect((await load(peer, [], { doNotTrack: [...others, ann, ann] })).doNotTrack).toEqual(new Set([userText(ann)]));
        expect((await load(peer, ['a1', 'a2'])).doNotTrack).toEqual(new Set());
        expect((await load(peer, [], { doNotTrack: others })).doNotTrack).toEqual(new Set());
      });

      test('takes the same user again', async () => {
        const { store } = await open();
        const ann = { accountId: 'a1', id: 'ann' };
        for (let round = 0; round < 2; round += 1) {
          await apply(store, [put('a1', buildUser({ id: 'ann' }))]);
          expect((await apply(store, [drop('a1', ['ann'], { doNotTrack: true })])).status).toBe('committed');
          expect((await load(store, [], { doNotTrack: [ann] })).doNotTrack).toEqual(new Set([userText(ann)]));
        }
      });
    });

    describe('history', () => {
      const ann = { accountId: 'a1', id: 'ann', incarnation: 'life of ann' };
      const bob = { accountId: 'a2', id: 'bob', incarnation: 'life of bob' };
      const cat = { accountId: 'a3', id: 'cat', incarnation: 'life of cat' };
      const people = [put('a1', buildUser({ id: 'ann' })), put('a2', buildUser({ id: 'bob' })), put('a3', buildUser({ id: 'cat' }))];
      const nothing = { referrals: 0, rewards: 0, events: 0 };

      test('counts what a life has, a referral on both its sides', async () => {
        const { store, peer } = await open();
        await apply(store, people);
        expect(await store.recordHistory(tenant, reward('r1', ann))).toBe(true);
        expect(await store.recordHistory(tenant, reward('r2', ann))).toBe(true);
        expect(await store.recordHistory(tenant, event('e1', ann))).toBe(true);
        expect(await store.recordHistory(tenant, referralItem('f1', ann, bob))).toBe(true);
        expect(await peer.countHistory(tenant, ann.incarnation)).toEqual({ referrals: 1, rewards: 2, events: 1 });
        expect(await peer.countHistory(tenant, bob.incarnation)).toEqual({ referrals: 1, rewards: 0, events: 0 });
        expect(await peer.countHistory(tenant, cat.incarnation)).toEqual(nothing);
        expect(await peer.countHistory(tenant, 'no life')).toEqual(nothing);
      });

      test('has an item once that is recorded again', async () => {
        const { store, peer } = await open();
        await apply(store, people);
        for (const writer of [store, peer, store]) {
          for (const item of [reward('i', ann), event('i', ann), referralItem('i', ann, bob)]) {
            expect(await writer.recordHistory(tenant, item)).toBe(true);
          }
        }
        expect(await peer.countHistory(tenant, ann.incarnation)).toEqual({ referrals: 1, rewards: 1, events: 1 });
      });

      test('refuses an item for a life that is not stored', async () => {
        const { store } = await open();
        await apply(store, people);
        await apply(store, [drop('a1', ['ann'])]);
        await apply(store, [put('a1', buildUser({ id: 'ann', incarnation: 'life-2' }))]);
        expect(await store.recordHistory(tenant, reward('r', ann))).toBe(false);
        expect(await store.recordHistory(tenant, event('e', { ...bob, incarnation: 'no life' }))).toBe(false);
        expect(await store.recordHistory(tenant, reward('r', { ...bob, id: 'nobody' }))).toBe(false);
        expect(await store.recordHistory(tenant, reward('r', { ...bob, accountId: 'nowhere' }))).toBe(false);
        expect(await store.recordHistory(tenant, referralItem('f1', ann, bob))).toBe(false);
        expect(await store.recordHistory(tenant, referralItem('f2', bob, ann))).toBe(false);
        for (const life of [ann.incarnation, 'life-2', 'no life', bob.incarnation]) {
          expect(await store.countHistory(tenant, life)).toEqual(nothing);
        }
      });

      test('says by whom a life was referred, by program and date', async () => {
        const { store, peer } = await open();
        await apply(store, people);
        await apply(store, [
          put('a3', { ...buildUser({ id: 'cat' }), firstName: 'Cat' }, [
            referral('f1', 'spring', 'Ann1', ann, cat),
            { ...referral('f0', 'spring', 'Ann2', ann, cat), dateCreated: builtAt + 1 },
            { ...referral('f3', 'spring', 'BOB2', bob, cat), dateCreated: builtAt - 1 },
            referral('f2', 'autumn', 'BOB1', bob, cat),
          ]),
        ]);
        expect(await peer.attributions(tenant, cat.incarnation)).toEqual([
          { programId: 'autumn', referrer: { accountId: 'a2', id: 'bob', code: 'BOB1' } },
          { programId: 'spring', referrer: { accountId: 'a2', id: 'bob', code: 'BOB2' } },
          { programId: 'spring', referrer: { accountId: 'a1', id: 'ann', code: 'Ann1' } },
          { programId: 'spring', referrer: { accountId: 'a1', id: 'ann', code: 'Ann2' } },
        ] satisfies Attribution[]);
        expect(await peer.attributions(tenant, ann.incarnation)).toEqual([]);
        expect((await peer.countHistory(tenant, ann.incarnation)).referrals).toBe(2);
        expect((await peer.countHistory(tenant, cat.incarnation)).referrals).toBe(4);
      });

      test('lists the referrals of a life on either side by date, page by page', async () => {
        const { store, peer } = await open();
        await apply(store, people);
        const dates = { f1: 3, f2: 1, f3: 2, f4: 2, f5: 1 };
        for (const [id, days] of Object.entries(dates)) {
          const [owner, referred] = id === 'f3' || id === 'f5' ? [bob, ann] : [ann, cat];
          await store.recordHistory(tenant, { ...referralItem(id, owner, referred), date: builtAt + days });
        }
        const all = await peer.referrals(tenant, ann.incarnation, 100);
        expect(all.map(({ id }) => id)).toEqual(['f2', 'f5', 'f3', 'f4', 'f1']);
        expect(all.slice(0, 2)).toEqual([
          {
            ...{ id: 'f2', programId: 'default', date: builtAt + 1 },
            ...{ referrer: { accountId: 'a1', id: 'ann', code: 'CODE' }, referred: { accountId: 'a3', id: 'cat' } },
          },
          {
            ...{ id: 'f5', programId: 'default', date: builtAt + 1 },
            ...{ referrer: { accountId: 'a2', id: 'bob', code: 'CODE' }, referred: { accountId: 'a1', id: 'ann' } },
          },
        ] satisfies StoredReferral[]);
        const byTwo = [];
        for (let after: StoredReferral | undefined; ;) {
          const page = await peer.referrals(tenant, ann.incarnation, 2, after);
          byTwo.push(...page);
          if (page.length < 2) break;
          after = page.at(-1);
        }
        expect(byTwo).toEqual(all);
        expect((await peer.referrals(tenant, bob.incarnation, 100)).map(({ id }) => id)).toEqual(['f5', 'f3']);
        expect(await peer.referrals(tenant, 'no life', 100)).toEqual([]);
      });

      test('lists a referral of oneself once', async () => {
        const { store, peer } = await open();
        await apply(store, people);
        await store.recordHistory(tenant, referralItem('f1', ann, ann));
        expect(await peer.referrals(tenant, ann.incarnation, 100)).toHaveLength(1);
      });

      test('lists a referral without the side that was deleted, and without its code when that was the referrer', async () => {
        const { store, peer } = await open();
        await apply(store, people);
        await store.recordHistory(tenant, referralItem('f1', ann, bob));
        await store.recordHistory(tenant, referralItem('f2', bob, cat));
        await apply(store, [drop('a1', ['ann']), drop('a3', ['cat'])]);
        const about = { programId: 'default', date: builtAt };
        expect(await peer.referrals(tenant, bob.incarnation, 100)).toEqual([
          { ...about, id: 'f1', referred: { accountId: 'a2', id: 'bob' } },
          { ...about, id: 'f2', referrer: { accountId: 'a2', id: 'bob', code: 'CODE' } },
        ] satisfies StoredReferral[]);
      });

      test('ends with its life: rewards and events go, and nobody else’s', async () => {
        const { store, peer } = await open();
        await apply(store, people);
        for (const owner of [ann, bob]) for (const item of [reward('r', owner), event('e', owner)]) await store.recordHistory(tenant, item);
        await apply(store, [drop('a1', ['ann'])]);
        expect(await peer.countHistory(tenant, ann.incarnation)).toEqual(nothing);
        expect(await peer.countHistory(tenant, bob.incarnation)).toEqual({ referrals: 0, rewards: 1, events: 1 });
      });

      test('a referral forgets a referrer who was deleted: neither ids nor code are left', async () => {
        const { store, peer } = await open();
        await apply(store, people);
        await store.recordHistory(tenant, referralItem('f1', ann, bob));
        await apply(store, [drop('a1', ['ann'])]);
        expect(await peer.attributions(tenant, bob.incarnation)).toEqual([{ programId: 'default' }]);
        expect((await peer.countHistory(tenant, bob.incarnation)).referrals).toBe(1);
        expect(await peer.countHistory(tenant, ann.incarnation)).toEqual(nothing);
      });

      test('a referral forgets a referred user who was deleted, and still counts for the referrer', async () => {
        const { store, peer } = await open();
        await apply(store, people);
        await store.recordHistory(tenant, referralItem('f1', ann, bob));
        await apply(store, [drop('a2', ['bob'])]);
        expect(await peer.attributions(tenant, bob.incarnation)).toEqual([]);
        expect(await peer.countHistory(tenant, bob.incarnation)).toEqual(nothing);
        expect((await peer.countHistory(tenant, ann.incarnation)).referrals).toBe(1);
      });

      test.each([
        ['the referrer first', [['a1', 'ann'] as const], [['a2', 'bob'] as const]],
        ['the referred first', [['a2', 'bob'] as const], [['a1', 'ann'] as const]],
        ['both at once', [['a1', 'ann'] as const, ['a2', 'bob'] as const], []],
      ])('a referral is gone with its second side: %s', async (_, first, second) => {
        const { store, peer } = await open();
        await apply(store, people);
        await store.recordHistory(tenant, referralItem('f1', ann, bob));
        await store.recordHistory(tenant, referralItem('f2', cat, ann));
        for (const round of [first, second]) {
          await apply(
            store,
            round.map(([accountId, id]) => drop(accountId, [id])),
          );
        }
        expect(await peer.countHistory(tenant, ann.incarnation)).toEqual(nothing);
        expect(await peer.countHistory(tenant, bob.incarnation)).toEqual(nothing);
        expect((await peer.countHistory(tenant, cat.incarnation)).referrals).toBe(1);
        // Nothing of it is left that would keep a referral under the same id from being recorded anew.
        const [annAnew, bobAnew] = [
          { ...ann, incarnation: 'life-2 of ann' },
          { ...bob, incarnation: 'life-2 of bob' },
        ];
        await apply(
          store,
          [annAnew, bobAnew].map(({ accountId, ...user }) => put(accountId, buildUser(user))),
        );
        expect(await store.recordHistory(tenant, referralItem('f1', annAnew, bobAnew))).toBe(true);
        expect((await peer.countHistory(tenant, bobAnew.incarnation)).referrals).toBe(1);
      });

      test('many lives end in one commit', async () => {
        const { store, peer } = await open();
        const ids = Array.from({ length: 1000 }, (_, i) => `u${i}`);
        await apply(store, [put('a1', buildUser({ id: 'ann' })), put('many', ...ids.map((id) => buildUser({ id })))]);
        for (const id of ['u0', 'u500', 'u999']) {
          const life = { accountId: 'many', id, incarnation: `life of ${id}` };
          await store.recordHistory(tenant, reward('r', life));
          await store.recordHistory(tenant, referralItem(`f-${id}`, ann, life));
        }
        await apply(store, [drop('many', ids)]);
        for (const id of ['u0', 'u500', 'u999']) expect(await peer.countHistory(tenant, `life of ${id}`)).toEqual(nothing);
        expect((await peer.countHistory(tenant, ann.incarnation)).referrals).toBe(3);
      });

      test('a referral whose referrer was deleted meanwhile moves its account and names the code', async () => {
        const { store, peer } = await open();
        await apply(store, [put('a1', buildUser({ id: 'ann', codes: { default: ['ANN'] } }))]);
        const edits = [
          put('a2', buildUser({ id: 'bob' }), [referral('f1', 'default', 'ann', ann, bob)]),
          put('a3', buildUser({ id: 'cat' })),
        ];
        const decision = await decide(store, edits);
        await apply(peer, [drop('a1', ['ann'])]);
        const moved = await store.commit(decision);
        expect(moved).toMatchObject({ status: 'moved', accountIds: ['a2'], codes: [codeKey('ANN')] });
        expect(await store.isCommitted(decision.chunkId)).toBe(false);
        await store.releaseClaims(tenant, 'job-0');
        expect((await load(store, [], { codes: [codeKey('ANN')] })).codes.size).toBe(0);
        const without = [put('a2', buildUser({ id: 'bob' })), put('a3', buildUser({ id: 'cat' }))];
        expect((await store.commit(await decideAgain(store, decision, without, moved))).status).toBe('committed');
        expect(await peer.attributions(tenant, bob.incarnation)).toEqual([]);
      });

      test('a referral whose referrer was created anew meanwhile moves too: it would be another life', async () => {
        const { store, peer } = await open();
        const user = buildUser({ id: 'ann', codes: { default: ['ANN'] } });
        await apply(store, [put('a1', user)]);
        const decision = await decide(store, [put('a2', buildUser({ id: 'bob' }), [referral('f1', 'default', 'ANN', ann, bob)])]);
        await apply(peer, [drop('a1', ['ann'])]);
        await apply(peer, [put('a1', { ...user, incarnation: 'life-2' })]);
        expect(await store.commit(decision)).toMatchObject({ status: 'moved', accountIds: ['a2'], codes: [codeKey('ANN')] });
      });

      test('a referral may come before its referrer, if the job has claimed the code for that user', async () => {
        const { store, peer } = await open();
        await store.claim(tenant, 'job-1', [claim('ANN', ann, 5)]);
        const edits = [put('a2', buildUser({ id: 'bob' }), [referral('f1', 'default', 'ANN', ann, bob)])];
        expect((await apply(store, edits, { jobId: 'job-2', asOf: undefined })).status).toBe('moved');
        expect((await apply(store, edits, { jobId: 'job-1' })).status).toBe('committed');
        await apply(store, [put('a1', buildUser({ id: 'ann', codes: { default: ['ANN'] } }))], { jobId: 'job-1' });
        expect(await peer.attributions(tenant, bob.incarnation)).toEqual([
          { programId: 'default', referrer: { accountId: 'a1', id: 'ann', code: 'ANN' } },
        ]);
        expect((await peer.countHistory(tenant, ann.incarnation)).referrals).toBe(1);
      });

      test('a referral may be between users of one commit', async () => {
        const { store, peer } = await open();
        await store.claim(tenant, 'job-1', [claim('ANN', ann, 2)]);
        const edits = [
          put('a2', buildUser({ id: 'bob' }), [referral('f1', 'default', 'ANN', ann, bob)]),
          put('a1', buildUser({ id: 'ann', codes: { default: ['ANN'] } })),
        ];
        expect((await apply(store, edits, { jobId: 'job-1' })).status).toBe('committed');
        expect(await peer.attributions(tenant, bob.incarnation)).toHaveLength(1);
      });
    });

    describe('a search', () => {
      test('finds users by their id as it is, in whichever accounts', async () => {
        const { store, peer } = await open();
        await apply(store, [
          put('a1', buildUser({ id: 'ann' })),
          put('a2', buildUser({ id: 'bob' }), buildUser({ id: 'ann' })),
          put('a3', buildUser({ id: 'Ann' }), buildUser({ id: 'anna' })),
          put('ann', buildUser({ id: 'cat', firstName: 'ann', customFields: { id: 'ann' } })),
        ]);
        expect(await searched(peer, { id: 'ann' })).toEqual(['a1', 'a2']);
        expect(await searched(peer, { id: 'nobody' })).toEqual([]);
      });

      test('finds users by their e-mail address in any letter case', async () => {
        const { store, peer } = await open();
        await apply(store, [
          put('a1', buildUser({ id: 'u', email: 'ann@example.com' })),
          put('a2', buildUser({ id: 'v', email: 'bob@example.com' }), buildUser({ id: 'w', email: 'Ann@EXAMPLE.com' })),
          put('a3', buildUser({ id: 'x', email: 'hann@example.com' }), buildUser({ id: 'y', customFields: { email: 'ann@example.com' } })),
          put('a4', buildUser({ id: 'z', email: 'ÄNN.ßé@Example.com' })),
        ]);
        expect(await searched(peer, { email: 'ann@Example.com' })).toEqual(['a1', 'a2']);
        expect(await searched(peer, { email: 'änn.ßÉ@example.COM' })).toEqual(['a4']);
        expect(await searched(peer, { email: 'nn@example.com' })).toEqual([]);
      });

      test.each([
        ['a property of every object', '__proto__'],
        ['wildcards', 'a%b_c*d.e?f[g]'],
        ['what takes a pattern apart', '^(a|b){2}+$\\Q\\d\\'],
        ['quotes', `"a'b\`c"`],
        ['letters of all languages', 'жük/ß 李🎉'],
        ['one letter', 'e'],
        ['255 characters outside the basic plane', '🎉'.repeat(255)],
      ])('takes texts that are %s', async (_, text) => {
        const { store, peer } = await open();
        const email = `${text}@example.com`;
        await apply(store, [
          put('a1', buildUser({ id: text }), buildUser({ id: 'other', email })),
          put('a2', buildUser({ id: `${text}.` }), buildUser({ id: 'else', email: `${email}.` })),
          put('a3', buildUser({ id: 'abc.d', email: 'abc@example.com' })),
        ]);
        expect(await searched(peer, { id: text })).toEqual(['a1']);
        expect(await searched(peer, { email })).toEqual(['a1']);
      });

      test('goes through the accounts in portions, and meets each once', async () => {
        const { store, peer } = await open();
        const ids = Array.from({ length: 25 }, (_, i) => `a${i}`);
        await apply(
          store,
          ids.map((id, i) => put(id, buildUser({ id: i % 2 === 0 ? 'even' : 'odd' }))),
        );
        const inOne = await searched(peer, { id: 'even' }, 1000);
        expect(inOne.toSorted()).toEqual(ids.filter((_, i) => i % 2 === 0).toSorted());
        for (const size of [1, 2, 7, 24, 25]) expect(await searched(peer, { id: 'even' }, size)).toEqual(inOne);
        const { accounts, next } = await peer.searchAccounts(tenant, { id: 'even' }, 3);
        expect(accounts.length).toBeLessThanOrEqual(3);
        expect(next).toBeDefined();
      });

      test('an account is found at the place that it was found at before, and goes on after one that is gone', async () => {
        const { store, peer } = await open();
        const ids = ['a1', 'a2', 'a3', 'a4'];
        await apply(
          store,
          ids.map((id) => put(id, buildUser({ id: 'u' }))),
        );
        const { accounts } = await peer.searchAccounts(tenant, { id: 'u' }, 10);
        const [first, second, third] = accounts;
        await apply(store, [put(second!.account.id, buildUser({ id: 'u', firstName: 'Ulla' })), drop(third!.account.id, ['u'])]);
        const again = await peer.searchAccounts(tenant, { id: 'u' }, 10, second!.place);
        expect(again.accounts[0]?.place).toBe(second!.place);
        expect(again.accounts.map(({ account }) => account.id)).toEqual([second!.account.id, accounts[3]!.account.id]);
        const afterGone = await peer.searchAccounts(tenant, { id: 'u' }, 10, third!.place);
        expect(afterGone.accounts.map(({ account }) => account.id)).toEqual([accounts[3]!.account.id]);
        expect(first?.account).toEqual(buildAccount(first!.account.id, buildUser({ id: 'u' })));
      });

      test('finds nobody in an account that was emptied', async () => {
        const { store, peer } = await open();
        await apply(store, [put('a1', buildUser({ id: 'ann' })), put('a2', buildUser({ id: 'ann' }))]);
        await apply(store, [drop('a1', ['ann']), drop('a2', ['ann'], { preserve: true })]);
        expect(await searched(peer, { id: 'ann' })).toEqual([]);
      });
    });

    describe('segments', () => {
      const segment = (key: string) => ({ key, displayName: `Segment ${key}`, dateCreated: builtAt });

      test('keeps the first of a key', async () => {
        const { store, peer } = await open();
        expect(await store.createSegment(tenant, segment('vip'))).toEqual(segment('vip'));
        const second = { key: 'vip', displayName: 'Others', dateCreated: 5 };
        expect(await peer.createSegment(tenant, second)).toEqual(segment('vip'));
        expect(await peer.segment(tenant, 'vip')).toEqual(segment('vip'));
        expect(await peer.segment(tenant, 'VIP')).toBeUndefined();
      });

      test('answers two who create one at a time with the same segment', async () => {
        const { store, peer } = await open();
        const [one, two] = await Promise.all([
          store.createSegment(tenant, { ...segment('vip'), displayName: 'One' }),
          peer.createSegment(tenant, { ...segment('vip'), displayName: 'Two' }),
        ]);
        expect(one).toEqual(two);
        expect(await store.segment(tenant, 'vip')).toEqual(one);
      });

      test('lists them by key, page by page', async () => {
        const { store, peer } = await open();
        const keys = ['b', 'a', 'B', '_', 'a-1', '9', '10', 'constructor', '__proto__'];
        for (const key of keys) await store.createSegment(tenant, segment(key));
        const sorted = keys.toSorted();
        expect(await peer.segments(tenant, 100)).toEqual(sorted.map(segment));
        const paged: string[] = [];
        for (let after: string | undefined; paged.length <= keys.length; after = paged.at(-1)) {
          const page = await peer.segments(tenant, 2, after);
          if (page.length === 0) break;
          expect(page.length).toBeLessThanOrEqual(2);
          paged.push(...page.map(({ key }) => key));
        }
        expect(paged).toEqual(sorted);
        expect(await peer.segments(tenant, 1, 'aa')).toEqual([segment('b')]);
      });
    });

    describe('tenants', () => {
      test('share nothing, with the same ids in each', async () => {
        const { store, peer } = await open();
        const tenants = ['acme', 'acm', 'acme/a1', '__proto__', 'Acme'];
        const ann = { accountId: 'a1', id: 'ann', incarnation: 'life of ann' };
        const bob = { accountId: 'a1', id: 'bob', incarnation: 'life of bob' };
        const usersOf = (of: string) => [buildUser({ id: 'ann', firstName: of, codes: { default: ['ANN'] } }), buildUser({ id: 'bob' })];
        for (const of of tenants) {
          await store.claim(of, `claims of ${of}`, [claim('CLAIMED', ann, of.length)]);
          expect((await apply(store, [put('a1', ...usersOf(of))], { tenant: of, jobId: `job of ${of}` })).status).toBe('committed');
          expect(await store.recordHistory(of, reward('r', ann))).toBe(true);
          expect(await store.recordHistory(of, event('e', ann))).toBe(true);
          expect(await store.recordHistory(of, referralItem('f', ann, bob))).toBe(true);
          await store.createSegment(of, { key: 'vip', displayName: of, dateCreated: 1 });
        }
        for (const of of tenants) {
          expect((await peer.account(of, 'a1'))?.users[0]?.firstName).toBe(of);
          expect((await peer.findCode(of, codeKey('ANN')))?.listedBy).toBe(`job of ${of}`);
          expect((await peer.findCode(of, codeKey('CLAIMED')))?.claim).toEqual({ jobId: `claims of ${of}`, recordNumber: of.length });
          expect((await peer.segments(of, 10)).map(({ displayName }) => displayName)).toEqual([of]);
          const { accounts, next } = await peer.searchAccounts(of, { id: 'ann' }, 10);
          expect(accounts.map(({ account }) => account.users[0]?.firstName)).toEqual([of]);
          expect(next).toBeUndefined();
          expect((await peer.referrals(of, bob.incarnation, 10)).map(({ id }) => id)).toEqual(['f']);
        }

        await apply(store, [drop('a1', ['ann'], { doNotTrack: true })], { tenant: 'acme' });
        for (const jobId of ['claims of acme', 'job of acme']) await store.releaseClaims('acme', jobId);
        for (const of of tenants) {
          const ended = of === 'acme';
          const state = await load(peer, ['a1'], { tenant: of, codes: [codeKey('ANN'), codeKey('CLAIMED')], doNotTrack: [ann] });
          expect(state.accounts.get('a1')?.account?.users).toHaveLength(ended ? 1 : 2);
          expect(state.codes.size).toBe(ended ? 0 : 2);
          expect(state.doNotTrack.size).toBe(ended ? 1 : 0);
          expect(await peer.countHistory(of, ann.incarnation)).toEqual(
            ended ? { referrals: 0, rewards: 0, events: 0 } : { referrals: 1, rewards: 1, events: 1 },
          );
          const [attribution] = await peer.attributions(of, bob.incarnation);
          expect(attribution?.referrer?.id).toBe(ended ? undefined : 'ann');
        }
        expect(await peer.account('nobody', 'a1')).toBeUndefined();
        expect(await peer.findCode('nobody', codeKey('ANN'))).toBeUndefined();
        expect(await peer.attributions('nobody', bob.incarnation)).toEqual([]);
        expect(await peer.referrals('nobody', bob.incarnation, 10)).toEqual([]);
        expect(await peer.searchAccounts('nobody', { id: 'bob' }, 10)).toEqual({ accounts: [] });
        expect(await peer.countHistory('nobody', ann.incarnation)).toEqual({ referrals: 0, rewards: 0, events: 0 });
        expect(await peer.segments('nobody', 10)).toEqual([]);
        expect(await store.recordHistory('nobody', reward('r', bob))).toBe(false);
      });

      test('a write in one tenant moves no account of another', async () => {
        const { store, peer } = await open();
        await apply(store, [put('a1', buildUser({ id: 'ann', codes: { default: ['ANN'] } }))], { tenant: 'one' });
        const decision = await decide(store, [put('a1', buildUser({ id: 'ann', firstName: 'Anna', codes: { default: ['ANN', 'BOB'] } }))], {
          tenant: 'one',
        });
        await apply(peer, [put('a1', buildUser({ id: 'ann', codes: { default: ['BOB'] } }))], { tenant: 'two' });
        expect((await store.commit(decision)).status).toBe('committed');
      });
    });
  });
}

type Change = AccountDecision['change'];

/** What a test does to an account, whatever it is when it is loaded. */
interface Edit {
  readonly accountId: string;
  readonly change: (before: Account | undefined) => Change;
}

const noChange = { listed: [], freed: [], referrals: [], erased: [], doNotTrack: [] };

/** Adds users, or replaces those with their ids, and lists the codes that are new; referrals may come last. */
function put(accountId: string, ...given: readonly (User | readonly Referral[])[]): Edit {
  const users = given.filter((item): item is User => !Array.isArray(item));
  const referrals = given.filter((item): item is readonly Referral[] => Array.isArray(item)).flat();
  return {
    accountId,
    change(before) {
      const after = [...(before?.users ?? [])];
      const listed = [];
      for (const user of users) {
        const index = after.findIndex(({ id }) => id === user.id);
        const held = index < 0 ? [] : keysOf(after[index] ?? user);
        if (index < 0) after.push(user);
        else after[index] = user;
        for (const key of keysOf(user)) if (!held.includes(key)) listed.push({ key, userId: user.id });
      }
      return { ...noChange, account: { ...(before ?? buildAccount(accountId)), users: after }, listed, referrals };
    },
  };
}

interface DropOptions {
  readonly preserve?: boolean;
  readonly doNotTrack?: boolean;
}

/** Deletes users. */
function drop(accountId: string, ids: readonly string[], { preserve = false, doNotTrack = false }: DropOptions = {}): Edit {
  return {
    accountId,
    change(before) {
      const leaving = (before?.users ?? []).filter(({ id }) => ids.includes(id));
      const users = (before?.users ?? []).filter((user) => !leaving.includes(user));
      return {
        ...noChange,
        account: before === undefined || (users.length === 0 && !preserve) ? undefined : { ...before, users },
        freed: leaving.flatMap(keysOf),
        erased: leaving.map(({ incarnation }) => incarnation),
        doNotTrack: doNotTrack ? leaving.map(({ id }) => ({ accountId, id })) : [],
      };
    },
  };
}

/** Looks at an account only. */
function unchanged(accountId: string): Edit {
  return { accountId, change: (before) => ({ ...noChange, account: before }) };
}

interface LoadOptions {
  readonly tenant?: string;
  readonly jobId?: string;
  readonly codes?: readonly string[];
  readonly doNotTrack?: readonly { readonly accountId: string; readonly id: string }[];
}

function load(store: ParticipantStore, accountIds: readonly string[], options: LoadOptions = {}) {
  return store.load({ tenant, jobId: 'reader', codes: [], doNotTrack: [], ...options, accountIds });
}

/** Ids of the accounts in which a search finds somebody, in the store's order. */
async function searched(store: ParticipantStore, search: UserSearch, size = 2): Promise<readonly string[]> {
  const found: string[] = [];
  let portion: AccountPortion | undefined;
  do {
    portion = await store.searchAccounts(tenant, search, size, portion?.next);
    found.push(...portion.accounts.map(({ account }) => account.id));
  } while (portion.next !== undefined);
  return found;
}

let chunks = 0;

async function decide(
  store: ParticipantStore,
  edits: readonly Edit[],
  options: Partial<Omit<ChunkDecision, 'accounts'>> = {},
): Promise<ChunkDecision> {
  const decision = {
    tenant,
    jobId: 'job-0',
    outcome: Uint8Array.of(1, 2, 3),
    date: builtAt,
    chunkId: `chunk ${(chunks += 1)}`,
    ...options,
  };
  const { accounts, asOf } = await load(
    store,
    edits.map(({ accountId }) => accountId),
    { tenant: decision.tenant },
  );
  return {
    asOf,
    ...decision,
    accounts: edits.map(({ accountId, change }) => {
      const before = accounts.get(accountId);
      return { accountId, before, change: change(before?.account) };
    }),
  };
}

/** Decides the accounts that moved again. The others, unless they stand already, and the mark of the oldest state are left as they were. */
async function decideAgain(
  store: ParticipantStore,
  decision: ChunkDecision,
  edits: readonly Edit[],
  result: CommitResult,
): Promise<ChunkDecision> {
  if (result.status !== 'moved') throw new Error('Nothing has moved');
  const isMoved = ({ accountId }: { readonly accountId: string }): boolean => result.accountIds.includes(accountId);
  const again = await decide(store, edits.filter(isMoved), decision);
  if (result.standing !== undefined) return { ...again, asOf: decision.asOf, amends: result.standing.mark };
  const kept = [...decision.accounts].filter((account) => !isMoved(account));
  return { ...again, asOf: decision.asOf, accounts: [...kept, ...again.accounts] };
}

async function apply(
  store: ParticipantStore,
  edits: readonly Edit[],
  options: Partial<Omit<ChunkDecision, 'accounts'>> = {},
): Promise<CommitResult> {
  return store.commit(await decide(store, edits, options));
}

async function applyUntilCommitted(store: ParticipantStore, edits: readonly Edit[]): Promise<void> {
  let decision = await decide(store, edits);
  for (;;) {
    const result = await store.commit(decision);
    if (result.status === 'committed') return;
    decision = await decideAgain(store, decision, edits, result);
  }
}

function outcomeOf(result: CommitResult): readonly number[] | undefined {
  return result.status === 'committed' ? [...result.outcome] : undefined;
}

function claim(code: string, owner: CodeClaim['owner'], recordNumber: number, programId = 'default'): CodeClaim {
  return { key: codeKey(code), owner: { accountId: owner.accountId, id: owner.id }, programId, code, recordNumber };
}

type Life = HistoryItem['owner'];

function reward(id: string, owner: Life): HistoryItem {
  return { kind: 'reward', id, owner, date: builtAt, content: { value: 5, unit: '€' } };
}

function event(id: string, owner: Life): HistoryItem {
  return { kind: 'event', id, owner, date: builtAt, key: 'purchase', content: undefined };
}

function referralItem(id: string, owner: Life, referred: Life): HistoryItem {
  return { kind: 'referral', id, owner, referred, date: builtAt, programId: 'default', code: 'CODE' };
}

function referral(id: string, programId: string, code: string, referrer: Life, referred: Life): Referral {
  return { id, programId, code, referrer, referred, dateCreated: builtAt };
}

/** A map with names that every object has, or seems to have, already. */
function hostileMap<Value>(first: Value, second: Value): Record<string, Value> {
  return JSON.parse(`{"__proto__":${JSON.stringify(first)},"constructor":${JSON.stringify(second)}}`) as Record<string, Value>;
}
