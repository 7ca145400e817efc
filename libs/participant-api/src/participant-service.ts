import { createHash, randomUUID } from 'node:crypto';
import { deletionLogic, directUpsertLogic } from '@advocate/apply';
import type { ParticipantServiceServer, SegmentMessage } from '@advocate/contracts';
import { ParticipantServiceService } from '@advocate/contracts';
import type { RowError, TenantSettings, User } from '@advocate/domain';
import { codeKey, isSegmentOperation } from '@advocate/domain';
import type { HistoryItem, ParticipantStore, Segment } from '@advocate/ports';
import type { GrpcService, Logger, RequestErrorCode } from '@advocate/service';
import { GrpcHandlers, pageOf, readPageSize, readResourceName, readTenant, RequestError, resourceName } from '@advocate/service';
import { applyDirect } from './apply-direct.ts';
import { findUsers } from './find-users.ts';
import { readAccount, readParticipant, referralToMessage, upsertFromMessage } from './participant-messages.ts';
import { readReferralToken, readSearch } from './read-request.ts';

export interface ParticipantServiceDependencies {
  readonly participants: ParticipantStore;
  readonly settings: TenantSettings;
  readonly now: () => number;
  readonly logger: Logger;
  /** After how long FindParticipants answers with what it has found so far; default 2 s. */
  readonly searchMs?: number;
}

const noParams = { segments: [], preserveEmptyAccounts: true, doNotTrack: false };
const defaultPageSize = 100;
/** Of found participants, whose history is counted one by one. */
const defaultFoundSize = 20;
const maxFoundSize = 100;
const defaultSearchMs = 2000;

/** Serves ParticipantService. */
export function participantService(dependencies: ParticipantServiceDependencies): GrpcService {
  const { participants: store, settings, now, logger, searchMs = defaultSearchMs } = dependencies;
  const handlers = new GrpcHandlers(logger);
  const implementation: ParticipantServiceServer = {
    getParticipant: handlers.unary(async ({ name }) => {
      const { tenant, accountId, user } = await findUser(store, 'name', name);
      return { participant: await readParticipant(store, tenant, accountId, user) };
    }),

    getAccount: handlers.unary(async ({ name }) => {
      const [tenant = '', accountId = ''] = readResourceName('name', name, 'tenants', 'accounts');
      const account = await store.account(tenant, accountId);
      if (account === undefined) throw new RequestError('NOT_FOUND', 'NOT_FOUND', 'No account found for the provided id');
      return { account: await readAccount(store, tenant, account) };
    }),

    findParticipantByReferralCode: handlers.unary(async ({ parent, referralCode }) => {
      const tenant = readTenant('parent', parent);
      const state = await store.findCode(tenant, codeKey(referralCode));
      const account = state?.listedBy === undefined ? undefined : await store.account(tenant, state.owner.accountId);
      const user = account?.users.find((candidate) => candidate.id === state?.owner.id);
      if (account === undefined || user === undefined) {
        throw new RequestError('NOT_FOUND', 'NOT_FOUND', 'No referral code found for the provided code');
      }
      return { participant: await readParticipant(store, tenant, account.id, user) };
    }),

    findParticipants: handlers.unary(async ({ parent, id, email, pageSize, pageToken }) => {
      const tenant = readTenant('parent', parent);
      const limit = Math.min(readPageSize(pageSize, defaultFoundSize), maxFoundSize);
      const { found, nextPageToken } = await findUsers(store, { tenant, search: readSearch(id, email), limit, pageToken, searchMs });
      const participants = await Promise.all(found.map(({ accountId, user }) => readParticipant(store, tenant, accountId, user)));
      return { participants, nextPageToken };
    }),

    listReferrals: handlers.unary(async ({ parent, pageSize, pageToken }) => {
      const { tenant, user } = await findUser(store, 'parent', parent);
      const size = readPageSize(pageSize, defaultPageSize);
      const found = await store.referrals(tenant, user.incarnation, size + 1, readReferralToken(pageToken));
      const { items, nextPageToken } = pageOf(found, size, ({ date, id }) => `${date}/${id}`);
      return { referrals: items.map((referral) => referralToMessage(tenant, referral)), nextPageToken };
    }),

    upsertParticipant: handlers.unary(async ({ parent, participant, segmentOperations }) => {
      const tenant = readTenant('parent', parent);
      const row = upsertFromMessage(participant, segmentOperations, settings.linkDomains);
      const segments = await knownSegments(store, tenant, segmentOperations);
      const outcome = await applyDirect(dependencies, directUpsertLogic, { tenant, params: noParams, segments }, row);
      if (outcome.kind === 'failed') throw refused(outcome.error);
      const name = resourceName('tenants', tenant, 'accounts', row.accountId, 'participants', row.id);
      const { user } = await findUser(store, 'participant', name);
      return { participant: await readParticipant(store, tenant, row.accountId, user), created: outcome.kind === 'created' };
    }),

    deleteParticipant: handlers.unary(async ({ name, preserveEmptyAccount, doNotTrack }) => {
      const [tenant = '', accountId = '', id = ''] = readResourceName('name', name, 'tenants', 'accounts', 'participants');
      const row = { accountId, id, doNotTrack, preserveEmptyAccount: preserveEmptyAccount ?? true };
      const outcome = await applyDirect(dependencies, deletionLogic, { tenant, params: noParams, segments: [] }, row);
      if (outcome.kind === 'failed') throw refused(outcome.error);
      return { accountDeleted: (await store.account(tenant, accountId)) === undefined };
    }),

    recordReferral: handlers.unary(async ({ referrer, referred, programId, requestId }) => {
      const from = await findUser(store, 'referrer', referrer);
      const to = await findUser(store, 'referred', referred);
      if (from.tenant !== to.tenant)
        throw new RequestError('INVALID_ARGUMENT', 'BAD_REQUEST', 'Referrer and referred are of different tenants.');
      const program = programId || (settings.programs[0] ?? '');
      const code = Object.hasOwn(from.user.codes, program) ? from.user.codes[program]?.[0] : undefined;
      if (code === undefined) throw new RequestError('INVALID_ARGUMENT', 'BAD_REQUEST', `The referrer has no code in program ${program}.`);
      const item = historyItem(from, requestId, now());
      await record(store, from.tenant, { ...item, kind: 'referral', programId: program, code, referred: lifeOf(to) });
      return { referralId: item.id };
    }),

    recordReward: handlers.unary(async ({ parent, content, requestId }) => {
      const owner = await findUser(store, 'parent', parent);
      const item = historyItem(owner, requestId, now());
      await record(store, owner.tenant, { ...item, kind: 'reward', content });
      return { rewardId: item.id };
    }),

    recordEvent: handlers.unary(async ({ parent, key, fields, requestId }) => {
      if (key === '') throw new RequestError('INVALID_ARGUMENT', 'BAD_REQUEST', 'The event has no key, such as purchase.');
      const owner = await findUser(store, 'parent', parent);
      const item = historyItem(owner, requestId, now());
      await record(store, owner.tenant, { ...item, kind: 'event', key, content: fields });
      return { eventId: item.id };
    }),

    createSegment: handlers.unary(async ({ parent, segment }) => {
      const tenant = readTenant('parent', parent);
      const key = segment?.key ?? '';
      if (!isSegmentOperation(key) || key.startsWith('~')) {
        throw new RequestError(
          'INVALID_ARGUMENT',
          'BAD_REQUEST',
          `'${key}' is no segment key: it takes 1 to 64 letters, digits, '_' or '-'.`,
        );
      }
      const stored = await store.createSegment(tenant, { key, displayName: segment?.displayName || key, dateCreated: now() });
      return { segment: segmentToMessage(tenant, stored) };
    }),

    listSegments: handlers.unary(async ({ parent, pageSize, pageToken }) => {
      const tenant = readTenant('parent', parent);
      const size = readPageSize(pageSize, defaultPageSize);
      const found = await store.segments(tenant, size + 1, pageToken || undefined);
      const { items, nextPageToken } = pageOf(found, size, ({ key }) => key);
      return { segments: items.map((segment) => segmentToMessage(tenant, segment)), nextPageToken };
    }),
  };
  return { definition: ParticipantServiceService, implementation };
}

interface FoundUser {
  readonly tenant: string;
  readonly accountId: string;
  readonly user: User;
}

async function findUser(store: ParticipantStore, field: string, name: string): Promise<FoundUser> {
  const [tenant = '', accountId = '', id = ''] = readResourceName(field, name, 'tenants', 'accounts', 'participants');
  const account = await store.account(tenant, accountId);
  const user = account?.users.find((candidate) => candidate.id === id);
  if (user === undefined) throw new RequestError('NOT_FOUND', 'NOT_FOUND', 'No user found for the provided id');
  return { tenant, accountId, user };
}

const lifeOf = ({ accountId, user }: FoundUser): HistoryItem['owner'] => ({ accountId, id: user.id, incarnation: user.incarnation });

/** The same request id gives the same item. */
function historyItem(owner: FoundUser, requestId: string, date: number): Pick<HistoryItem, 'id' | 'owner' | 'date'> {
  const id = createHash('sha256')
    .update(`${owner.user.incarnation}/${requestId || randomUUID()}`)
    .digest('hex')
    .slice(0, 24);
  return { id, owner: lifeOf(owner), date };
}

async function record(store: ParticipantStore, tenant: string, item: HistoryItem): Promise<void> {
  if (await store.recordHistory(tenant, item)) return;
  throw new RequestError('NOT_FOUND', 'NOT_FOUND', 'No user found for the provided id');
}

async function knownSegments(store: ParticipantStore, tenant: string, operations: readonly string[]): Promise<string[]> {
  const known = [];
  for (const operation of operations) {
    const key = operation.replace(/^~/, '');
    if (await store.segment(tenant, key)) known.push(key);
  }
  return known;
}

const segmentToMessage = (tenant: string, { key, displayName, dateCreated }: Segment): SegmentMessage => ({
  name: resourceName('tenants', tenant, 'segments', key),
  key,
  displayName,
  dateCreated,
});

const statusOf: Partial<Record<RowError['apiErrorCode'], RequestErrorCode>> = {
  NOT_FOUND: 'NOT_FOUND',
  FORBIDDEN: 'PERMISSION_DENIED',
  CONFLICT: 'ALREADY_EXISTS',
};

function refused({ apiErrorCode, message }: RowError): RequestError {
  return new RequestError(statusOf[apiErrorCode] ?? 'INVALID_ARGUMENT', apiErrorCode, message);
}
