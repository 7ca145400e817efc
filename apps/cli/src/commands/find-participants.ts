import { ask, FindParticipantsResponse, type ParticipantMessage } from '@advocate/contracts';
import type { Session } from '../client/session.ts';
import { openSession } from '../client/session.ts';
import { defaultTenant } from '../command-table.ts';
import { ExitStatus } from '../exit-status.ts';
import { formatTable, plainText } from '../output/format.ts';
import { tenantName } from '../resource-names.ts';
import type { Command, CommandContext } from './command.ts';

const pageSize = 100;

export const findParticipants: Command = async ({ options, output, signal }) => {
  await using session = await openSession(options, signal);
  const participants = await found(session, options, signal);
  output.answer(
    () => participantTable(participants),
    () => ({ participants: [], ...(FindParticipantsResponse.toJSON({ participants, nextPageToken: '' }) as object) }),
  );
  return ExitStatus.fine;
};

async function found({ api }: Session, options: CommandContext['options'], signal: AbortSignal): Promise<ParticipantMessage[]> {
  const service = api.participants;
  const parent = tenantName(options.tenant ?? defaultTenant);
  const { id = '', email = '', code: referralCode } = options;
  if (referralCode !== undefined) {
    const { participant } = await ask(service.findParticipantByReferralCode.bind(service), { parent, referralCode }, { signal });
    return participant === undefined ? [] : [participant];
  }
  const participants: ParticipantMessage[] = [];
  let pageToken = '';
  do {
    const page = await ask(service.findParticipants.bind(service), { parent, id, email, pageSize, pageToken }, { signal });
    participants.push(...page.participants);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return participants;
}

function participantTable(participants: readonly ParticipantMessage[]): string {
  if (participants.length === 0) return 'No participants.';
  const rows = participants.map(({ accountId, id, email, firstName, lastName }) => [
    ...[accountId, id, email ?? ''],
    [firstName, lastName].filter(Boolean).join(' '),
  ]);
  return formatTable([['ACCOUNT', 'ID', 'EMAIL', 'NAME'], ...rows.map((row) => row.map(plainText))]).join('\n');
}
