import type { AccountMessage, FindParticipantsResponse, ListReferralsResponse, ListSegmentsResponse } from '@advocate/contracts';
import { queryText, request, tenantPath } from './request.ts';

/** What a participant is looked up by. */
export type ParticipantKey = 'id' | 'email' | 'code';

export const findParticipants = (
  tenant: string,
  by: ParticipantKey,
  value: string,
  pageToken: string,
  signal: AbortSignal,
): Promise<FindParticipantsResponse> =>
  request('GET', tenantPath(tenant, 'participants') + queryText({ [by]: value, pageToken }), { signal });

export const getAccount = (tenant: string, account: string, signal: AbortSignal): Promise<AccountMessage> =>
  request('GET', tenantPath(tenant, 'account') + queryText({ id: account }), { signal });

export const listReferrals = (
  tenant: string,
  account: string,
  id: string,
  pageToken: string,
  signal: AbortSignal,
): Promise<ListReferralsResponse> => request('GET', tenantPath(tenant, 'referrals') + queryText({ account, id, pageToken }), { signal });

export const listSegments = (tenant: string, signal: AbortSignal): Promise<ListSegmentsResponse> =>
  request('GET', tenantPath(tenant, 'segments'), { signal });
