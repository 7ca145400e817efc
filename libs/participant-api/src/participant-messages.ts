import type { AccountMessage, ParticipantMessage, ReferralMessage } from '@advocate/contracts';
import type { Account, Attribution, User, UserKey, UserUpsert } from '@advocate/domain';
import { linkPrefixes, parseUserObject, shareLink } from '@advocate/domain';
import type { HistoryCounts, ParticipantStore, StoredReferral } from '@advocate/ports';
import { RequestError, resourceName } from '@advocate/service';
import { isDirect } from './apply-direct.ts';

/** A stored user as clients see it, with its history counted. */
export async function readParticipant(store: ParticipantStore, tenant: string, accountId: string, user: User): Promise<ParticipantMessage> {
  const [history, attributions] = await Promise.all([
    store.countHistory(tenant, user.incarnation),
    store.attributions(tenant, user.incarnation),
  ]);
  return participantToMessage(tenant, accountId, user, history, attributions);
}

export async function readAccount(store: ParticipantStore, tenant: string, account: Account): Promise<AccountMessage> {
  return {
    name: resourceName('tenants', tenant, 'accounts', account.id),
    id: account.id,
    dateCreated: account.dateCreated,
    participants: await Promise.all(account.users.map((user) => readParticipant(store, tenant, account.id, user))),
  };
}

function participantToMessage(
  tenant: string,
  accountId: string,
  user: User,
  history: HistoryCounts,
  attributions: readonly Attribution[],
): ParticipantMessage {
  const primaryCodes = Object.entries(user.codes).flatMap(([program, [code]]) => (code === undefined ? [] : [[program, code] as const]));
  const linkOf = (program: string, code: string): string => {
    const vanity = user.links !== undefined && Object.hasOwn(user.links, program) ? user.links[program]?.[0] : undefined;
    return vanity ?? shareLink(linkPrefixes.share, code, null);
  };
  const { changedBy } = user;
  const direct = isDirect(changedBy.jobId);
  return {
    name: participantName(tenant, { accountId, id: user.id }),
    id: user.id,
    accountId,
    firstName: user.firstName,
    lastName: user.lastName,
    email: user.email,
    referable: user.referable,
    locale: user.locale,
    countryCode: user.countryCode,
    dateCreated: user.dateCreated,
    dateUsTaxFormSubmitted: user.dateUsTaxFormSubmitted,
    imageUrl: user.imageUrl,
    customFields: { ...user.customFields },
    segments: [...(user.segments ?? [])],
    referralCodes: Object.fromEntries(primaryCodes),
    shareLinks: Object.fromEntries(primaryCodes.map(([program, code]) => [program, linkOf(program, code)])),
    referredBy: attributions[0] === undefined ? undefined : attributionToMessage(attributions[0]),
    allReferralCodes: [...primaryCodes.map(([, code]) => code), ...Object.values(user.codes).flatMap((codes) => codes.slice(1))],
    history: { ...history },
    changedBy: { jobId: direct ? '' : changedBy.jobId, recordNumber: direct ? 0 : changedBy.recordNumber },
  };
}

function attributionToMessage({ referrer }: Attribution): NonNullable<ParticipantMessage['referredBy']> {
  return { code: referrer?.code ?? '', accountId: referrer?.accountId ?? '', id: referrer?.id ?? '' };
}

export function referralToMessage(tenant: string, { id, programId, date, referrer, referred }: StoredReferral): ReferralMessage {
  const nameOf = (side: UserKey | undefined): string => (side === undefined ? '' : participantName(tenant, side));
  return { id, programId, date, code: referrer?.code ?? '', referrer: nameOf(referrer), referred: nameOf(referred) };
}

const participantName = (tenant: string, { accountId, id }: UserKey): string =>
  resourceName('tenants', tenant, 'accounts', accountId, 'participants', id);

/** The row that an upsert asks for, by the rules of a JSONL line. Throws INVALID_ARGUMENT in the product's wording. */
export function upsertFromMessage(
  message: ParticipantMessage | undefined,
  segments: readonly string[],
  linkDomains: readonly string[],
): UserUpsert {
  if (message === undefined) throw new RequestError('INVALID_ARGUMENT', 'BAD_REQUEST', 'The participant is missing.');
  const { id, accountId, firstName, lastName, email, referable, locale, countryCode, dateCreated, dateUsTaxFormSubmitted, imageUrl } =
    message;
  const { customFields, referralCodes, shareLinks, referredBy } = message;
  const parsed = parseUserObject(
    {
      ...{ id, accountId, firstName, lastName, email, referable, locale, countryCode, dateCreated, dateUsTaxFormSubmitted, imageUrl },
      ...{ customFields, referralCodes, shareLinks, segments },
      ...(referredBy === undefined ? {} : { referredBy: { code: referredBy.code } }),
    },
    { linkDomains },
  );
  if (parsed.error === undefined) return parsed.row;
  const { message: text, apiErrorCode: reason } = parsed.error;
  throw new RequestError('INVALID_ARGUMENT', reason, text, [{ field: 'participant', description: text, reason }]);
}
