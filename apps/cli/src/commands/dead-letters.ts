import type { DeadLetterMessage } from '@advocate/contracts';
import { ask, ListDeadLettersResponse } from '@advocate/contracts';
import { openSession } from '../client/session.ts';
import { ExitStatus } from '../exit-status.ts';
import { formatTable, formatTime, plainText } from '../output/format.ts';
import { deadLetterName } from '../resource-names.ts';
import type { Command } from './command.ts';

const pageSize = 1000;

export const listDeadLetters: Command = async ({ options, output, signal }) => {
  await using session = await openSession(options, signal);
  const { deadLetters: service } = session.api;
  const deadLetters: DeadLetterMessage[] = [];
  let pageToken = '';
  do {
    const page = await ask(service.listDeadLetters.bind(service), { pageSize, pageToken }, { signal });
    deadLetters.push(...page.deadLetters);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  output.answer(
    () => deadLetterTable(deadLetters),
    () => ({ deadLetters: [], ...(ListDeadLettersResponse.toJSON({ deadLetters, nextPageToken: '' }) as object) }),
  );
  return ExitStatus.fine;
};

export const replayDeadLetter: Command = async ({ operands: [id = ''], options, output, signal }) => {
  await using session = await openSession(options, signal);
  const { deadLetters: service } = session.api;
  const name = deadLetterName(id);
  await ask(service.replayDeadLetter.bind(service), { name }, { signal });
  output.answer(
    () => `Dead letter ${id} was sent again.`,
    () => ({ name }),
  );
  return ExitStatus.fine;
};

function deadLetterTable(deadLetters: readonly DeadLetterMessage[]): string {
  if (deadLetters.length === 0) return 'No dead letters.';
  const rows = deadLetters.map(({ name, date, topic, partition, size, reason }) => [
    ...[name.slice(name.indexOf('/') + 1), formatTime(date), `${topic}/${partition}`, String(size), plainText(reason)],
  ]);
  return formatTable([['ID', 'PUT ASIDE', 'TOPIC/PARTITION', 'BYTES', 'REASON'], ...rows]).join('\n');
}
