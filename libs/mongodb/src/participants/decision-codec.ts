import type { ListedCode } from '@advocate/domain';
import { GrowingBytes } from '../growing-bytes.ts';
import type { AccountWrite, Decisions } from './protocol/record.ts';

/** An account's write without its users. What is not there at the end is empty. */
type WriteLine = [
  accountId: AccountWrite['accountId'],
  before: AccountWrite['before'],
  /** When the account was created; null that it is deleted, false that it stays as it is. */
  dateCreated: number | null | false,
  /** Keys and users in turn. */
  listed?: readonly string[],
  more?: readonly [
    freed: AccountWrite['freed'],
    referrals: AccountWrite['referrals'],
    erased: AccountWrite['erased'],
    doNotTrack: AccountWrite['doNotTrack'],
  ],
];

const lineEnd = 0x0a;
const usualBytes = 768;

/** Decisions as JSON lines: the head, then two lines for each account, the second with its users as they are stored. */
export function encodeDecisions({ writes, ...head }: Decisions): Uint8Array {
  const bytes = new GrowingBytes(usualBytes * (writes.length + 1));
  bytes.text(JSON.stringify(head));
  for (const write of writes) {
    bytes.byte(lineEnd);
    bytes.text(JSON.stringify(lineOf(write)));
    bytes.byte(lineEnd);
    bytes.text(write.content?.users ?? '');
  }
  return bytes.written;
}

function lineOf({ accountId, before, content, listed, freed, referrals, erased, doNotTrack }: AccountWrite): WriteLine {
  const dateCreated = content === undefined ? false : content === null ? null : content.dateCreated;
  const isPlain = freed.length === 0 && referrals.length === 0 && erased.length === 0 && doNotTrack.length === 0;
  if (isPlain && listed.length === 0) return [accountId, before, dateCreated];
  const keysAndUsers = listed.flatMap(({ key, userId }) => [key, userId]);
  if (isPlain) return [accountId, before, dateCreated, keysAndUsers];
  return [accountId, before, dateCreated, keysAndUsers, [freed, referrals, erased, doNotTrack]];
}

/** Throws when the bytes are no decisions. */
export function decodeDecisions(bytes: Uint8Array): Decisions {
  const [head = '', ...lines] = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString().split('\n');
  const writes: AccountWrite[] = [];
  for (let line = 0; line < lines.length; line += 2) {
    const [accountId, before, dateCreated, keysAndUsers = [], more = [[], [], [], []]] = JSON.parse(lines[line] ?? '') as WriteLine;
    const [freed, referrals, erased, doNotTrack] = more;
    const content = dateCreated === false ? undefined : dateCreated === null ? null : { dateCreated, users: lines[line + 1] ?? '' };
    writes.push({ accountId, before, content, listed: listedIn(keysAndUsers), freed, referrals, erased, doNotTrack });
  }
  return { ...(JSON.parse(head) as Omit<Decisions, 'writes'>), writes };
}

function listedIn(keysAndUsers: readonly string[]): ListedCode[] {
  const listed: ListedCode[] = [];
  for (let at = 0; at < keysAndUsers.length; at += 2) listed.push({ key: keysAndUsers[at] ?? '', userId: keysAndUsers[at + 1] ?? '' });
  return listed;
}
