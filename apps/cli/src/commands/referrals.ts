import { ask, ListReferralsResponse, type ReferralMessage } from '@advocate/contracts';
import { openSession } from '../client/session.ts';
import { defaultTenant } from '../command-table.ts';
import { ExitStatus } from '../exit-status.ts';
import { formatTable, formatTime, plainText } from '../output/format.ts';
import { participantName } from '../resource-names.ts';
import type { Command } from './command.ts';

const pageSize = 1000;

export const listReferrals: Command = async ({ operands: [account = '', id = ''], options, output, signal }) => {
  await using session = await openSession(options, signal);
  const { participants } = session.api;
  const parent = participantName(options.tenant ?? defaultTenant, account, id);
  const referrals: ReferralMessage[] = [];
  let pageToken = '';
  do {
    const page = await ask(participants.listReferrals.bind(participants), { parent, pageSize, pageToken }, { signal });
    referrals.push(...page.referrals);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  output.answer(
    () => referralTable(referrals),
    () => ({ referrals: [], ...(ListReferralsResponse.toJSON({ referrals, nextPageToken: '' }) as object) }),
  );
  return ExitStatus.fine;
};

function referralTable(referrals: readonly ReferralMessage[]): string {
  if (referrals.length === 0) return 'No referrals.';
  const rows = referrals.map(({ date, programId, code, referrer, referred }) => [
    ...[formatTime(date), programId, code],
    ...[sideText(referrer), sideText(referred)],
  ]);
  return formatTable([['DATE', 'PROGRAM', 'CODE', 'REFERRER', 'REFERRED'], ...rows.map((row) => row.map(plainText))]).join('\n');
}

/** Account and id, still `%`-escaped, so that `/` stands between them only. */
const sideText = (name: string): string =>
  name === '' ? '(deleted)' : name.replace(/^tenants\/[^/]+\/accounts\/(.+)\/participants\//, '$1/');
