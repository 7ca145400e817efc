import { ask, ListSegmentsResponse, SegmentMessage } from '@advocate/contracts';
import { openSession } from '../client/session.ts';
import { defaultTenant } from '../command-table.ts';
import { CommandError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import { formatTable, formatTime, plainText } from '../output/format.ts';
import { tenantName } from '../resource-names.ts';
import type { Command } from './command.ts';

const pageSize = 1000;

export const createSegment: Command = async ({ operands: [key = ''], options, output, signal }) => {
  await using session = await openSession(options, signal);
  const { participants } = session.api;
  const request = {
    parent: tenantName(options.tenant ?? defaultTenant),
    segment: SegmentMessage.fromPartial({ key, displayName: options.name ?? '' }),
  };
  const { segment } = await ask(participants.createSegment.bind(participants), request, { signal });
  if (segment === undefined) throw new CommandError('The server answered without a segment.');
  output.answer(
    () => `Segment ${segment.key} exists.`,
    () => SegmentMessage.toJSON(segment),
  );
  return ExitStatus.fine;
};

export const listSegments: Command = async ({ options, output, signal }) => {
  await using session = await openSession(options, signal);
  const { participants } = session.api;
  const parent = tenantName(options.tenant ?? defaultTenant);
  const segments: SegmentMessage[] = [];
  let pageToken = '';
  do {
    const page = await ask(participants.listSegments.bind(participants), { parent, pageSize, pageToken }, { signal });
    segments.push(...page.segments);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  output.answer(
    () => segmentTable(segments),
    () => ({ segments: [], ...(ListSegmentsResponse.toJSON({ segments, nextPageToken: '' }) as object) }),
  );
  return ExitStatus.fine;
};

function segmentTable(segments: readonly SegmentMessage[]): string {
  if (segments.length === 0) return 'No segments.';
  const rows = segments.map((segment) => [segment.key, formatTime(segment.dateCreated), plainText(segment.displayName)]);
  return formatTable([['KEY', 'CREATED', 'NAME'], ...rows]).join('\n');
}
