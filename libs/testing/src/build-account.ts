import type { Account, User } from '@advocate/domain';

/** When built accounts and users were created, epoch milliseconds. */
export const builtAt = Date.UTC(2030, 0, 1);

/** A stored participant without codes. Its life is named after its id. */
export function buildUser(user: Partial<User> & Pick<User, 'id'>): User {
  return {
    incarnation: `life of ${user.id}`,
    referable: true,
    dateCreated: builtAt,
    codes: {},
    changedBy: { jobId: 'earlier', recordNumber: 2 },
    ...user,
  };
}

/** A stored account with these users. */
export function buildAccount(id: string, ...users: readonly User[]): Account {
  return { id, dateCreated: builtAt, users };
}
