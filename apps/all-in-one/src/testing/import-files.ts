import { createRandom } from './random.ts';

/** A users' file with all that can make rows depend on each other, and what is known of its rows. */
export interface UsersFile {
  readonly content: string;
  readonly rows: number;
  /** The users that the rows name, each once, in order of appearance; those of invalid rows too. */
  readonly users: readonly { readonly accountId: string; readonly id: string }[];
}

const columns = [
  ...['accountId', 'id', 'firstName', 'email', 'locale', 'referralCodes.default', 'referralCodes.vip', 'shareLinks.vip'],
  ...['referredBy.code', 'customFields.plan', 'customFields.note'],
];

/**
 * Rows of several users per account, out of order; accounts and users that come again, with changes and without; codes and links, some given twice
 * to different users; referrers whose row comes earlier or later, or not at all; and invalid rows of several kinds.
 */
export function usersFile(rows: number, seed: number): UsersFile {
  const random = createRandom(seed);
  const givesCode = Array.from({ length: rows }, () => random.chance(0.3));
  const givers = givesCode.flatMap((gives, row) => (gives ? [row] : []));
  const accounts = Math.ceil(rows / 3);
  const users = new Map<string, { accountId: string; id: string }>();
  const lines = [columns.join(',')];
  for (let row = 0; row < rows; row += 1) {
    const accountId = random.chance(0.03) ? `shared-${random.below(5)}` : `account-${random.below(accounts)}`;
    const id = accountId.startsWith('shared') ? `user-${random.below(200)}` : `user-${random.below(4)}`;
    users.set(`${accountId}/${id}`, { accountId, id });
    const cells = [
      accountId,
      random.chance(0.01) ? '  ' : id,
      random.pick(['Ada', 'Zoë', '"Grace, Rear Admiral"', '"two\nlines"', '']),
      random.chance(0.02) ? 'no address' : `user${random.below(rows)}@example.com`,
      random.chance(0.01) ? 'english' : random.pick(['en_CA', 'fr_FR', '']),
      givesCode[row] === true ? codeOf(random.chance(0.05) ? random.pick(givers) : row, random.chance(0.1)) : '',
      random.chance(0.05) ? `VIP${random.below(rows)}` : '',
      random.chance(0.15) ? `https://go.example.com/${random.below(rows)}` : '',
      random.chance(0.3) ? codeOf(random.chance(0.9) ? random.pick(givers) : random.below(rows), random.chance(0.1)) : '',
      random.pick(['gold', 'silver', '']),
      random.chance(0.05) ? '"=SUM(A1)"' : '',
    ];
    if (random.chance(0.005)) cells.push('one cell', 'too many');
    lines.push(cells.join(','));
  }
  return { content: `${lines.join('\r\n')}\r\n`, rows, users: [...users.values()] };
}

const codeOf = (row: number, lowerCase: boolean): string => (lowerCase ? `code${row}` : `CODE${row}`);

/** Deletions of two thirds of a file's users, out of order: some twice, some of users that never were, some with options of their own. */
export function deletionsFile({ users, rows }: UsersFile, seed: number): string {
  const random = createRandom(seed);
  const lines = ['accountId,id,doNotTrack,preserveEmptyAccount'];
  for (let row = 0; row < (rows * 2) / 3; row += 1) {
    const { accountId, id } = random.pick(users);
    lines.push(
      [accountId, random.chance(0.02) ? 'nobody' : id, random.pick(['', 'true', 'false']), random.pick(['', 'TRUE', 'false'])].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}
