import type { AccountWrite, Decisions } from './protocol/record.ts';

/** An account's write without its users. Its last field says when the account was created, null that it is deleted; without it, the account stays as it is. */
type WriteLine = [
  accountId: AccountWrite['accountId'],
  before: AccountWrite['before'],
  listed: AccountWrite['listed'],
  freed: AccountWrite['freed'],
  referrals: AccountWrite['referrals'],
  erased: AccountWrite['erased'],
  doNotTrack: AccountWrite['doNotTrack'],
  dateCreated?: number | null,
];

/** Decisions as JSON lines: the head, then two lines for each account, the second with its users as they are stored. */
export function encodeDecisions({ writes, ...head }: Decisions): Uint8Array {
  const lines = [JSON.stringify(head)];
  for (const { accountId, before, listed, freed, referrals, erased, doNotTrack, content } of writes) {
    const line: WriteLine = [accountId, before, listed, freed, referrals, erased, doNotTrack];
    if (content !== undefined) line.push(content === null ? null : content.dateCreated);
    lines.push(JSON.stringify(line), content?.users ?? '');
  }
  return Buffer.from(lines.join('\n'));
}

/** Throws when the bytes are no decisions. */
export function decodeDecisions(bytes: Uint8Array): Decisions {
  const [head = '', ...lines] = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString().split('\n');
  const writes: AccountWrite[] = [];
  for (let line = 0; line < lines.length; line += 2) {
    const [accountId, before, listed, freed, referrals, erased, doNotTrack, dateCreated] = JSON.parse(lines[line] ?? '') as WriteLine;
    const content = typeof dateCreated === 'number' ? { dateCreated, users: lines[line + 1] ?? '' } : dateCreated;
    writes.push({ accountId, before, content, listed, freed, referrals, erased, doNotTrack });
  }
  return { ...(JSON.parse(head) as Omit<Decisions, 'writes'>), writes };
}
