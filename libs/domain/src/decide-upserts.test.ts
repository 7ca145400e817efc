import { describe, expect, test } from 'vitest';
import type { User } from './account.ts';
import { codeKey, generatedCode, incarnationOf, linkKey, referralId } from './codes.ts';
import type { DeletedRow, ResultRow, RowOutcome } from './outcome.ts';
import type { RowError } from './row-error.ts';
import type { CodeState } from './state.ts';
import { userText } from './state.ts';
import { acceptedAt, contextOf, digest, planOf, upsert, userOf } from './test-support.ts';

const ann = { accountId: 'a1', id: 'ann' };
const bob = { accountId: 'b1', id: 'bob' };
const codeOf = (user: { accountId: string; id: string }, attempt = 0, programId = 'default') =>
  generatedCode(digest, 'acme', programId, user, attempt);

/** A user's code, listed by an earlier job unless told otherwise. */
function held(owner: { accountId: string; id: string }, code: string, state: Partial<CodeState> = {}): Record<string, CodeState> {
  return { [codeKey(code)]: { owner, programId: 'default', code, incarnation: `life of ${owner.id}`, listedBy: 'earlier', ...state } };
}

/** A claim of this job. */
function claimed(
  owner: { accountId: string; id: string },
  code: string,
  recordNumber: number,
  state: Partial<CodeState> = {},
): Record<string, CodeState> {
  return { [codeKey(code)]: { owner, programId: 'default', code, claim: { jobId: 'job-1', recordNumber }, ...state } };
}

function failure(message: string, apiErrorCode: string, statusCode: number) {
  return [{ kind: 'failed', error: expect.objectContaining({ message, apiErrorCode, statusCode }) as RowError }];
}

describe('creating', () => {
  test('creates account and user with what the row gives', () => {
    const row = {
      ...{ id: 'ann', firstName: 'Ann', lastName: 'Lee', email: 'ann@example.com', referable: false, locale: 'en_CA', countryCode: 'CA' },
      ...{
        dateCreated: 1000,
        dateUsTaxFormSubmitted: 2000,
        imageUrl: 'https://example.com/ann.png',
        customFields: { vip: true, n: 0, gone: null },
      },
    };
    const { account, outcomes, listed } = upsert(undefined, [row]);
    const { customFields, ...fields } = row;
    expect(account).toEqual({
      id: 'a1',
      dateCreated: acceptedAt,
      users: [
        {
          ...fields,
          incarnation: incarnationOf(digest, 'job-1', ann),
          codes: { default: [codeOf(ann)] },
          customFields: { vip: customFields.vip, n: 0 },
          changedBy: { jobId: 'job-1', recordNumber: 2 },
        },
      ],
    });
    expect(listed).toEqual([{ key: codeKey(codeOf(ann)), userId: 'ann' }]);
    const result: ResultRow = [
      ...(['ann', 'a1', 'ann@example.com', 'Ann', 'Lee', codeOf(ann), 'https://example.com/ann.png'] as const),
      ...([1000, 2000, 'en_CA', 'CA', null, { vip: true, n: 0 }] as const),
    ];
    expect(outcomes).toEqual([{ kind: 'created', result }]);
  });

  test('needs no more than the ids: referable, created at the acceptance of the job', () => {
    const { account, outcomes } = upsert(undefined, [{ id: 'ann' }]);
    expect(account?.users[0]).toEqual({
      ...{ id: 'ann', incarnation: incarnationOf(digest, 'job-1', ann), referable: true, dateCreated: acceptedAt },
      ...{ codes: { default: [codeOf(ann)] }, changedBy: { jobId: 'job-1', recordNumber: 2 } },
    });
    expect(outcomes).toEqual([
      { kind: 'created', result: ['ann', 'a1', null, null, null, codeOf(ann), null, acceptedAt, null, null, null, null, null] },
    ]);
  });

  test('adds a user to an account that is there, behind the others, and keeps the account’s date', () => {
    const { account, kinds } = upsert([userOf({ id: 'bob' })], [{ id: 'ann' }, { id: 'aaron' }]);
    expect(account?.users.map(({ id }) => id)).toEqual(['bob', 'ann', 'aaron']);
    expect(account?.dateCreated).toBe(Date.UTC(2030, 0, 1));
    expect(kinds).toEqual(['created', 'created']);
  });

  test('adds a user to an account that was emptied and preserved', () => {
    expect(upsert([], [{ id: 'ann' }]).account).toMatchObject({ dateCreated: Date.UTC(2030, 0, 1), users: [{ id: 'ann' }] });
  });

  test('gives the same user in every run of the job, and another life in every job', () => {
    const lives = ['job-1', 'job-1', 'job-2'].map(
      (jobId) => upsert(undefined, [{ id: 'ann' }], contextOf(planOf({ jobId }))).account?.users[0],
    );
    expect(lives[0]).toEqual(lives[1]);
    expect(lives[2]?.incarnation).not.toBe(lives[0]?.incarnation);
    expect(lives[2]?.codes).toEqual(lives[0]?.codes);
  });

  test('decides rows of one user in file order: created, updated, unchanged', () => {
    const { account, kinds } = upsert(undefined, [{ id: 'ann' }, { id: 'ann', firstName: 'Ann' }, { id: 'ann', firstName: 'Ann' }]);
    expect(kinds).toEqual(['created', 'updated', 'unchanged']);
    expect(account?.users).toHaveLength(1);
    expect(account?.users[0]).toMatchObject({ firstName: 'Ann', changedBy: { recordNumber: 3 } });
  });
});

describe('updating', () => {
  const stored = userOf({
    ...{ id: 'ann', firstName: 'Ann', lastName: 'Lee', email: 'ann@example.com', locale: 'en_CA', countryCode: 'CA' },
    ...{ dateUsTaxFormSubmitted: 5, imageUrl: 'https://example.com/a.png', customFields: { vip: true, city: 'Rome' }, segments: ['a'] },
    links: { default: ['https://example.com/ann'] },
  });

  test('changes what is given, and leaves everything else as it is', () => {
    const { account, outcomes, listed, freed } = upsert(
      [userOf({ id: 'bob' }), stored],
      [{ id: 'ann', lastName: 'Li', countryCode: 'US' }],
    );
    expect(account?.users).toEqual([
      userOf({ id: 'bob' }),
      { ...stored, lastName: 'Li', countryCode: 'US', changedBy: { jobId: 'job-1', recordNumber: 2 } },
    ]);
    expect(outcomes).toMatchObject([{ kind: 'updated' }]);
    expect(resultOf(outcomes[0])).toEqual([
      ...['ann', 'a1', 'ann@example.com', 'Ann', 'Li', 'CODEann', 'https://example.com/a.png', stored.dateCreated, 5],
      ...['en_CA', 'US', 'https://example.com/ann', { vip: true, city: 'Rome' }],
    ]);
    expect([listed, freed]).toEqual([[], []]);
  });

  test('that gives what is there already changes nothing, and answers the account that was loaded', () => {
    const { id, firstName, lastName, email, locale, countryCode, dateUsTaxFormSubmitted, imageUrl, customFields, referable } = stored;
    const same = { id, firstName, lastName, email, locale, countryCode, dateUsTaxFormSubmitted, imageUrl, customFields, referable };
    const given = same as Parameters<typeof upsert>[1][number];
    const { account, before, kinds, outcomes } = upsert([stored], [{ id: 'ann' }, given, { ...given, dateCreated: 1 }]);
    expect(account).toBe(before);
    expect(kinds).toEqual(['unchanged', 'unchanged', 'unchanged']);
    expect(resultOf(outcomes[0]).slice(0, 6)).toEqual(['ann', 'a1', 'ann@example.com', 'Ann', 'Lee', 'CODEann']);
  });

  test('never changes when a user was created', () => {
    const { account } = upsert([stored], [{ id: 'ann', firstName: 'Anna', dateCreated: 1 }]);
    expect(account?.users[0]?.dateCreated).toBe(stored.dateCreated);
  });

  test('can set what is falsy', () => {
    const { account, kinds } = upsert([stored], [{ id: 'ann', referable: false, dateUsTaxFormSubmitted: 0 }]);
    expect(account?.users[0]).toMatchObject({ referable: false, dateUsTaxFormSubmitted: 0 });
    expect(kinds).toEqual(['updated']);
  });

  test('does not touch what was loaded', () => {
    const frozen = deepFreeze(structuredClone(stored));
    const { account } = upsert(
      [frozen],
      [{ id: 'ann', firstName: 'Anna', customFields: { city: null, n: 1 }, segments: undefined as never }],
    );
    expect(account?.users[0]).toMatchObject({ firstName: 'Anna', customFields: { vip: true, n: 1 } });
    expect(frozen).toEqual(stored);
  });
});

describe('custom fields', () => {
  const stored = userOf({ id: 'ann', customFields: { city: 'Rome', n: 1 } });
  const fieldsAfter = (customFields: Record<string, string | number | boolean | null>) => {
    const { account, kinds } = upsert([stored], [{ id: 'ann', customFields }]);
    return { fields: account?.users[0]?.customFields, kinds };
  };

  test('are added and replaced, others stay', () => {
    expect(fieldsAfter({ n: 2, vip: false })).toEqual({ fields: { city: 'Rome', n: 2, vip: false }, kinds: ['updated'] });
  });

  test('go with null', () => {
    expect(fieldsAfter({ n: null })).toEqual({ fields: { city: 'Rome' }, kinds: ['updated'] });
    expect(fieldsAfter({ n: null, city: null })).toEqual({ fields: undefined, kinds: ['updated'] });
  });

  test('that are not there are removed without a change', () => {
    expect(fieldsAfter({ other: null })).toEqual({ fields: { city: 'Rome', n: 1 }, kinds: ['unchanged'] });
    expect(fieldsAfter({})).toEqual({ fields: { city: 'Rome', n: 1 }, kinds: ['unchanged'] });
  });

  test('know types: a text is not a number', () => {
    expect(fieldsAfter({ n: '1' })).toEqual({ fields: { city: 'Rome', n: '1' }, kinds: ['updated'] });
  });

  test('may be called like what every object has', () => {
    const hostile = JSON.parse('{"__proto__":"p","constructor":"c","toString":null}') as Record<string, string | null>;
    const { account } = upsert(undefined, [
      { id: 'ann', customFields: hostile },
      { id: 'ann', customFields: { plain: 1 } },
    ]);
    expect(JSON.stringify(account?.users[0]?.customFields)).toBe('{"__proto__":"p","constructor":"c","plain":1}');
    const gone = upsert(account?.users, [{ id: 'ann', customFields: JSON.parse('{"__proto__":null}') as Record<string, null> }]);
    expect(JSON.stringify(gone.account?.users[0]?.customFields)).toBe('{"constructor":"c","plain":1}');
  });
});

describe('segments', () => {
  const context = (operations: string[]) =>
    contextOf(planOf({ segments: ['a', 'b', 'c'], params: { ...planOf().params, segments: operations } }));

  test('take the row’s operations first, then the job’s', () => {
    const after = (row: string[], job: string[]) =>
      upsert([userOf({ id: 'ann', segments: ['c'] })], [{ id: 'ann', segments: row }], context(job)).account?.users[0]?.segments;
    expect(after(['a'], ['~a', 'b'])).toEqual(['b', 'c']);
    expect(after(['~*', 'a'], ['c'])).toEqual(['a', 'c']);
    expect(after(['a'], ['~*'])).toBeUndefined();
  });

  test('take the job’s operations for every row that succeeds', () => {
    const { account, kinds } = upsert([userOf({ id: 'bob' })], [{ id: 'ann' }, { id: 'bob' }, { id: 'bob' }], context(['b']));
    expect(account?.users.map(({ segments }) => segments)).toEqual([['b'], ['b']]);
    expect(kinds).toEqual(['created', 'updated', 'unchanged']);
  });

  test('that end as they were are no change', () => {
    const { account, before, kinds } = upsert(
      [userOf({ id: 'ann', segments: ['a', 'c'] })],
      [{ id: 'ann', segments: ['~a'] }],
      context(['a']),
    );
    expect(kinds).toEqual(['unchanged']);
    expect(account).toBe(before);
  });

  test('that do not exist fail the row', () => {
    const { outcomes, account, before } = upsert(
      [userOf({ id: 'ann' })],
      [{ id: 'ann', firstName: 'A', segments: ['a', '~x'] }],
      context(['b']),
    );
    expect(outcomes).toEqual(failure('No segment found for the key x', 'BAD_REQUEST', 400));
    expect(account).toBe(before);
  });
});

describe('refusals', () => {
  const full = (count: number) => Array.from({ length: count }, (_, i): User => userOf({ id: `u${i}` }));
  const rs013 =
    'Unable create user on account. The account_id a1 already has reached the maximum number of users per account. (limit 1000 users per account_id)';

  test('RS013: an account takes a thousand users, and no more', () => {
    const { account, outcomes, listed } = upsert(full(999), [
      { id: 'ann' },
      { id: 'bob' },
      { id: 'ann', firstName: 'A' },
      { id: 'u0', firstName: 'B' },
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['created', 'failed', 'updated', 'updated']);
    expect(outcomes.slice(1, 2)).toEqual(failure(rs013, 'BAD_REQUEST', 400));
    expect(account?.users).toHaveLength(1000);
    expect(listed).toHaveLength(1);
  });

  test('RS013 says which account is full', () => {
    expect(upsert(full(1000), [{ id: 'ann' }]).outcomes).toEqual(failure(rs013, 'BAD_REQUEST', 400));
  });

  test('RS050: a user on the do-not-track list is not created, the same id in another account is', () => {
    const context = contextOf(planOf(), { doNotTrack: [userText(ann), userText({ accountId: 'a2', id: 'bob' })] });
    const { outcomes, kinds, account } = upsert(undefined, [{ id: 'ann' }, { id: 'bob' }], context);
    expect(outcomes.slice(0, 1)).toEqual(failure('The user is set to do-not-track.', 'FORBIDDEN', 403));
    expect(kinds).toEqual(['failed', 'created']);
    expect(account?.users.map(({ id }) => id)).toEqual(['bob']);
  });

  test('a failed row leaves no trace: no account, code, referral or segment', () => {
    const context = contextOf(planOf({ segments: ['a'], params: { ...planOf().params, segments: ['a'] } }), { codes: held(bob, 'BOB') });
    const { account, listed, referrals, kinds } = upsert(undefined, [{ id: 'ann', referredByCodes: ['BOB'], segments: ['x'] }], context);
    expect(kinds).toEqual(['failed']);
    expect([account, listed, referrals]).toEqual([undefined, [], []]);
  });

  test('come in the order of the product’s fields', () => {
    const codes = held(bob, 'BOB');
    const row = {
      id: 'ann',
      referredByCodes: ['NONE'],
      referralCodes: { default: 'BOB' },
      shareLinks: { default: 'https://example.com/bob' },
      segments: ['x'],
    };
    const link = { [linkKey('https://example.com/bob')]: { owner: bob, programId: 'default', code: 'x', listedBy: 'earlier' } };
    const context = contextOf(planOf(), { codes: { ...codes, ...link }, doNotTrack: [userText(ann)] });
    const messages: (string | undefined)[] = [];
    const { referredByCodes: _r, ...withoutReferrer } = row;
    const { referralCodes: _c, ...withoutCode } = withoutReferrer;
    const { shareLinks: _l, ...withoutLink } = withoutCode;
    for (const given of [row, withoutReferrer, withoutCode, withoutLink]) {
      const users = given === row ? undefined : [userOf({ id: 'ann', codes: {} })];
      const [outcome] = upsert(users, [given], context).outcomes;
      messages.push(outcome?.kind === 'failed' ? outcome.error.message : undefined);
    }
    expect(messages).toEqual([
      'The user is set to do-not-track.',
      'The referral code BOB belongs to another user',
      'The share link https://example.com/bob belongs to another user',
      'No segment found for the key x',
    ]);
    const [unknown] = upsert([userOf({ id: 'ann', codes: {} })], [row], context).outcomes;
    expect(unknown).toMatchObject({ error: { message: 'No referral code found for the provided code' } });
  });
});

describe('referral codes', () => {
  test('given for a program are the user’s, the plan’s other programs get generated ones', () => {
    const plan = planOf({ programs: ['spring', 'default'] });
    const { account, listed, outcomes } = upsert(undefined, [{ id: 'ann', referralCodes: { spring: 'Ann1' } }], contextOf(plan));
    expect(account?.users[0]?.codes).toEqual({ spring: ['Ann1'], default: [codeOf(ann)] });
    expect(listed.map(({ key }) => key).toSorted()).toEqual([codeKey('ANN1'), codeKey(codeOf(ann))].toSorted());
    expect(resultOf(outcomes[0])[5]).toBe('Ann1');
  });

  test('are generated for a user who lacks one in a program of the plan', () => {
    const plan = planOf({ programs: ['default', 'spring'] });
    const { account, kinds, listed } = upsert([userOf({ id: 'ann' })], [{ id: 'ann' }], contextOf(plan));
    expect(kinds).toEqual(['updated']);
    expect(account?.users[0]?.codes).toEqual({ default: ['CODEann'], spring: [codeOf(ann, 0, 'spring')] });
    expect(listed).toEqual([{ key: codeKey(codeOf(ann, 0, 'spring')), userId: 'ann' }]);
  });

  test('generated ones grow until nobody has them, whoever foresaw how many', () => {
    for (const taken of [1, 3, 7]) {
      const codes = Object.assign({}, ...Array.from({ length: taken }, (_, attempt) => held(bob, codeOf(ann, attempt)))) as Record<
        string,
        CodeState
      >;
      const { account } = upsert(undefined, [{ id: 'ann' }], contextOf(planOf(), { codes }));
      expect(account?.users[0]?.codes).toEqual({ default: [codeOf(ann, taken)] });
    }
  });

  test('one that the file gives the user later is no collision with its generated twin', () => {
    const own = claimed(ann, codeOf(ann), 9);
    expect(upsert(undefined, [{ id: 'ann' }], contextOf(planOf(), { codes: own })).account?.users[0]?.codes).toEqual({
      default: [codeOf(ann)],
    });
  });

  test('a code is listed anew for a user created anew, though the codes were loaded while the earlier life still had it', () => {
    const { listed } = upsert(
      undefined,
      [{ id: 'ann', referralCodes: { default: 'ANN' } }],
      contextOf(planOf(), { codes: held(ann, 'ANN') }),
    );
    expect(listed).toEqual([{ key: codeKey('ANN'), userId: 'ann' }]);
  });

  test('later ones are ignored when codes may not be edited', () => {
    const { account, before, kinds, listed } = upsert([userOf({ id: 'ann' })], [{ id: 'ann', referralCodes: { default: 'NEW' } }]);
    expect(kinds).toEqual(['unchanged']);
    expect(account).toBe(before);
    expect(listed).toEqual([]);
  });

  test('later ones are taken, when codes may not be edited, for a program in which the user has none', () => {
    const { account, kinds } = upsert([userOf({ id: 'ann' })], [{ id: 'ann', referralCodes: { default: 'NEW', spring: 'ANN' } }]);
    expect(kinds).toEqual(['updated']);
    expect(account?.users[0]?.codes).toEqual({ default: ['CODEann'], spring: ['ANN'] });
  });

  test('later ones become primary when codes may be edited, and old ones stay', () => {
    const context = contextOf(planOf({ allowReferralCodeEdit: true }), { codes: held(ann, 'CODEann') });
    const rows = ['NEW', 'NEWER', 'new', 'CODEann', 'CODEann'].map((code) => ({ id: 'ann', referralCodes: { default: code } }));
    const { account, kinds, listed, outcomes } = upsert([userOf({ id: 'ann' })], rows, context);
    expect(kinds).toEqual(['updated', 'updated', 'updated', 'updated', 'unchanged']);
    expect(account?.users[0]?.codes).toEqual({ default: ['CODEann', 'new', 'NEWER'] });
    expect(new Set(listed.map(({ key }) => key))).toEqual(new Set([codeKey('NEW'), codeKey('NEWER')]));
    expect(outcomes.map((outcome) => resultOf(outcome)[5])).toEqual(['NEW', 'NEWER', 'new', 'CODEann', 'CODEann']);
  });

  test('of another user cannot be given', () => {
    const codes = held(bob, 'Bob');
    const { outcomes } = upsert(undefined, [{ id: 'ann', referralCodes: { default: 'BOB' } }], contextOf(planOf(), { codes }));
    expect(outcomes).toEqual(failure('The referral code BOB belongs to another user', 'CONFLICT', 409));
  });

  test('is ignored, whosever it is, for a user who has one in the program', () => {
    const codes = held(bob, 'Bob');
    const rows = [{ id: 'ann', referralCodes: { default: 'BOB' } }];
    expect(upsert([userOf({ id: 'ann' })], rows, contextOf(planOf(), { codes })).kinds).toEqual(['unchanged']);
    const edited = upsert([userOf({ id: 'ann' })], rows, contextOf(planOf({ allowReferralCodeEdit: true }), { codes }));
    expect(edited.outcomes).toEqual(failure('The referral code BOB belongs to another user', 'CONFLICT', 409));
  });

  test('claimed by another job cannot be given', () => {
    const codes = claimed(bob, 'BOB', 4, { claim: { jobId: 'job-2', recordNumber: 4 } });
    const { outcomes } = upsert(undefined, [{ id: 'ann', referralCodes: { default: 'BOB' } }], contextOf(planOf(), { codes }));
    expect(outcomes).toEqual(failure('The referral code BOB belongs to another user', 'CONFLICT', 409));
  });

  test.each([
    ['before', {}],
    ['after', { listedBy: 'job-1', incarnation: 'life of bob' }],
  ])('given to somebody else by an earlier record name that record, %s that was applied', (_, state) => {
    const codes = claimed(bob, 'BOB', 17, state);
    const { outcomes } = upsert(undefined, [{ id: 'ann', referralCodes: { default: 'bob' } }], contextOf(planOf(), { codes }));
    expect(outcomes).toEqual(failure('The referral code bob is given to another user in record 17 of the file', 'CONFLICT', 409));
  });

  test('claimed for the user are the user’s', () => {
    const codes = claimed(ann, 'ANN', 2);
    const { account, listed } = upsert(undefined, [{ id: 'ann', referralCodes: { default: 'ANN' } }], contextOf(planOf(), { codes }));
    expect(account?.users[0]?.codes).toEqual({ default: ['ANN'] });
    expect(listed).toEqual([{ key: codeKey('ANN'), userId: 'ann' }]);
  });

  test('belong to one program of the user', () => {
    const message = 'The referral code ANN belongs to another program of the user';
    const twice = upsert(undefined, [{ id: 'ann', referralCodes: { default: 'ann', spring: 'ANN' } }]);
    expect(twice.outcomes).toEqual(failure(message, 'CONFLICT', 409));
    const codes = held(ann, 'ANN', { programId: 'spring' });
    const other = upsert(
      [userOf({ id: 'ann', codes: { spring: ['ANN'] } })],
      [{ id: 'ann', referralCodes: { default: 'ANN' } }],
      contextOf(planOf(), { codes }),
    );
    expect(other.outcomes).toEqual(failure(message, 'CONFLICT', 409));
  });

  test('may be for programs called like what every object has', () => {
    const plan = planOf({ programs: ['constructor'] });
    const { account, outcomes } = upsert(undefined, [{ id: 'ann' }, { id: 'bob', referralCodes: { constructor: 'BOB' } }], contextOf(plan));
    expect(account?.users.map(({ codes }) => JSON.stringify(codes))).toEqual([
      `{"constructor":["${codeOf(ann, 0, 'constructor')}"]}`,
      '{"constructor":["BOB"]}',
    ]);
    expect(resultOf(outcomes[1])[5]).toBe('BOB');
  });
});

describe('share links', () => {
  const link = 'https://example.com/ann';

  test('without a code get a generated code, and codes without a link need none', () => {
    const { account, listed, outcomes } = upsert(undefined, [
      { id: 'ann', shareLinks: { spring: link, default: `${link}2` } },
      { id: 'bob', referralCodes: { default: 'BOB' } },
    ]);
    const [withLinks, withCode] = account?.users ?? [];
    expect(withLinks?.links).toEqual({ spring: [link], default: [`${link}2`] });
    expect(withLinks?.codes).toEqual({ default: [codeOf(ann)], spring: [codeOf(ann, 0, 'spring')] });
    expect(withCode).not.toHaveProperty('links');
    expect(listed.map(({ key }) => key).toSorted()).toEqual(
      [linkKey(link), linkKey(`${link}2`), codeKey(codeOf(ann)), codeKey(codeOf(ann, 0, 'spring')), codeKey('BOB')].toSorted(),
    );
    expect(outcomes.map((outcome) => resultOf(outcome)[11])).toEqual([`${link}2`, null]);
  });

  test('later ones follow the rule of codes', () => {
    const stored = userOf({ id: 'ann', links: { default: [link] } });
    const rows = [{ id: 'ann', shareLinks: { default: `${link}/new` } }];
    expect(upsert([stored], rows).kinds).toEqual(['unchanged']);
    const edited = upsert([stored], rows, contextOf(planOf({ allowReferralCodeEdit: true })));
    expect(edited.account?.users[0]?.links).toEqual({ default: [`${link}/new`, link] });
    expect(edited.listed).toEqual([{ key: linkKey(`${link}/new`), userId: 'ann' }]);
  });

  test('of others cannot be given, however they are written', () => {
    const codes = { [linkKey(link)]: { owner: bob, programId: 'default', code: link, listedBy: 'earlier' } };
    const given = 'http://EXAMPLE.com/ann/';
    const { outcomes } = upsert(undefined, [{ id: 'ann', shareLinks: { default: given } }], contextOf(planOf(), { codes }));
    expect(outcomes).toEqual(failure(`The share link ${given} belongs to another user`, 'CONFLICT', 409));
  });

  test('belong to one program of the user', () => {
    const { outcomes } = upsert(undefined, [{ id: 'ann', shareLinks: { default: link, spring: `${link}/` } }]);
    expect(outcomes).toEqual(failure(`The share link ${link}/ belongs to another program of the user`, 'CONFLICT', 409));
  });
});

describe('referredBy', () => {
  const codes = held(bob, 'Bob1');
  const refer = (users: readonly User[] | undefined, row: object = {}, met: Record<string, CodeState> = codes, code = 'BOB1') =>
    upsert(users, [{ id: 'ann', referredByCodes: [code], ...row }], contextOf(planOf(), { codes: met }));

  test('makes a referral between two lives, with the code as given', () => {
    const { account, referrals, kinds } = refer(undefined);
    const incarnation = incarnationOf(digest, 'job-1', ann);
    expect(referrals).toEqual([
      {
        ...{ id: referralId(digest, incarnation, 'default'), programId: 'default', code: 'BOB1', dateCreated: acceptedAt },
        ...{ referrer: { ...bob, incarnation: 'life of bob' }, referred: { ...ann, incarnation } },
      },
    ]);
    expect(account?.users[0]?.referredIn).toEqual(['default']);
    expect(kinds).toEqual(['created']);
  });

  test('attributes a user who is there already, whatever that user’s referable says now', () => {
    const { referrals, kinds } = refer([userOf({ id: 'ann' })], { referable: false });
    expect(kinds).toEqual(['updated']);
    expect(referrals).toMatchObject([{ referred: { incarnation: 'life of ann' } }]);
  });

  test('fails the row with a code that nobody has', () => {
    for (const users of [undefined, [userOf({ id: 'ann' })], [userOf({ id: 'ann', referredIn: ['default'] })]]) {
      const { outcomes, account, before } = refer(users, {}, {});
      expect(outcomes).toEqual(failure('No referral code found for the provided code', 'NOT_FOUND', 404));
      expect(account).toBe(before);
    }
  });

  test('fails the row when one of several codes is nobody’s', () => {
    expect(refer(undefined, { referredByCodes: ['BOB1', 'NONE'] }).kinds).toEqual(['failed']);
  });

  test('ignores the user’s own code', () => {
    const own = { ...held(ann, 'ANN'), ...held({ accountId: 'a2', id: 'ann' }, 'OTHER') };
    const { referrals, kinds } = refer([userOf({ id: 'ann' })], {}, own, 'ANN');
    expect([kinds, referrals]).toEqual([['unchanged'], []]);
    expect(refer([userOf({ id: 'ann' })], {}, own, 'OTHER').referrals).toHaveLength(1);
  });

  test('counts once per account and program', () => {
    const cat = { accountId: 'c1', id: 'cat' };
    const both = { ...codes, ...held(cat, 'CAT'), ...held(cat, 'SPRING', { programId: 'spring' }) };
    const rows = [
      { id: 'ann', referredByCodes: ['BOB1', 'CAT'] },
      { id: 'other', referredByCodes: ['CAT'] },
      { id: 'other', referredByCodes: ['SPRING'] },
      { id: 'ann', referredByCodes: ['CAT', 'SPRING', 'BOB1'] },
    ];
    const { account, referrals, kinds } = upsert(undefined, rows, contextOf(planOf(), { codes: both }));
    expect(referrals.map(({ referred, code, programId }) => [referred.id, code, programId])).toEqual([
      ['ann', 'BOB1', 'default'],
      ['other', 'SPRING', 'spring'],
    ]);
    expect(kinds).toEqual(['created', 'created', 'updated', 'unchanged']);
    expect(account?.users.map(({ referredIn }) => referredIn)).toEqual([['default'], ['spring']]);
  });

  test('keeps the programs of a user sorted', () => {
    const more = { ...codes, ...held(bob, 'A', { programId: 'autumn' }), ...held(bob, 'S', { programId: 'spring' }) };
    const { account, referrals } = refer(undefined, { referredByCodes: ['S', 'BOB1', 'A'] }, more);
    expect(account?.users[0]?.referredIn).toEqual(['autumn', 'default', 'spring']);
    expect(new Set(referrals.map(({ id }) => id)).size).toBe(3);
  });

  test('does not count for a user who is created as not referable', () => {
    const { account, referrals, kinds } = refer(undefined, { referable: false });
    expect([kinds, referrals]).toEqual([['created'], []]);
    expect(account?.users[0]).not.toHaveProperty('referredIn');
    expect(refer(undefined, { referable: false }, {}).kinds).toEqual(['failed']);
  });

  test('does not know a code that this very job generated, but knows one that its file gives', () => {
    const generated = held(bob, 'BOB1', { listedBy: 'job-1' });
    expect(refer(undefined, {}, generated).outcomes).toEqual(failure('No referral code found for the provided code', 'NOT_FOUND', 404));
    const given = { claim: { jobId: 'job-1', recordNumber: 9 } };
    expect(refer(undefined, {}, held(bob, 'BOB1', { listedBy: 'job-1', ...given })).referrals).toHaveLength(1);
    expect(refer(undefined, {}, claimed(bob, 'BOB1', 9)).referrals).toHaveLength(1);
  });

  test('does not know a code that only another job has claimed', () => {
    const met = claimed(bob, 'BOB1', 9, { claim: { jobId: 'job-2', recordNumber: 9 } });
    expect(refer(undefined, {}, met).kinds).toEqual(['failed']);
  });

  test('foresees the life of a referrer whom this file is still to create', () => {
    const { referrals } = refer(undefined, {}, claimed(bob, 'BOB1', 9));
    expect(referrals[0]?.referrer).toEqual({ ...bob, incarnation: incarnationOf(digest, 'job-1', bob) });
    const stored = refer(undefined, {}, claimed(bob, 'BOB1', 9, { incarnation: 'life of bob' }));
    expect(stored.referrals[0]?.referrer.incarnation).toBe('life of bob');
  });

  test('gives the same referral in every run, however the owner has come to spell the code', () => {
    const met = [claimed(bob, 'bob1', 9), claimed(bob, 'BoB1', 9, { listedBy: 'job-1', incarnation: incarnationOf(digest, 'job-1', bob) })];
    const [one, two] = met.map((state) => refer(undefined, {}, state).referrals);
    expect(one).toEqual(two);
  });
});

function resultOf(outcome: RowOutcome | undefined): ResultRow | DeletedRow {
  if (outcome === undefined || outcome.kind === 'failed') throw new Error('The row has no result');
  return outcome.result;
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part as object);
  return Object.freeze(value);
}
