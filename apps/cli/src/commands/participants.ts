import { AccountMessage, ask, ParticipantMessage } from '@advocate/contracts';
import { openSession } from '../client/session.ts';
import { defaultTenant } from '../command-table.ts';
import { CommandError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import { documentText } from '../output/document-text.ts';
import { accountName, participantName } from '../resource-names.ts';
import type { Command } from './command.ts';

export const getParticipant: Command = async ({ operands: [account = '', id = ''], options, output, signal }) => {
  await using session = await openSession(options, signal);
  const { participants } = session.api;
  const name = participantName(options.tenant ?? defaultTenant, account, id);
  const { participant } = await ask(participants.getParticipant.bind(participants), { name }, { signal });
  if (participant === undefined) throw new CommandError('The server answered without a participant.');
  const document = ParticipantMessage.toJSON(participant) as object;
  output.answer(
    () => documentText(document),
    () => document,
  );
  return ExitStatus.fine;
};

export const getAccount: Command = async ({ operands: [id = ''], options, output, signal }) => {
  await using session = await openSession(options, signal);
  const { participants } = session.api;
  const name = accountName(options.tenant ?? defaultTenant, id);
  const { account } = await ask(participants.getAccount.bind(participants), { name }, { signal });
  if (account === undefined) throw new CommandError('The server answered without an account.');
  const document = AccountMessage.toJSON(account) as object;
  output.answer(
    () => documentText(document),
    () => document,
  );
  return ExitStatus.fine;
};
