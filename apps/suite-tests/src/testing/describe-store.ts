import { status, type ServiceError } from '@grpc/grpc-js';
import { inKeyOrder, parent, type SuiteClient } from '@advocate/all-in-one/testing';
import type { AccountMessage } from '@advocate/contracts';

const callsAtOnce = 16;

/** Accounts as a client sees them, in the order in which they are asked for; undefined where there is none. */
export function readAccounts(client: SuiteClient, ids: readonly string[]): Promise<(AccountMessage | undefined)[]> {
  return atOnce(ids, async (id) => {
    const { account } = await client.ask('getAccount', { name: `${parent}/accounts/${encodeURIComponent(id)}` });
    return account;
  });
}

/** All that the store says of accounts through gRPC, a line for each. */
export async function describeStore(client: SuiteClient, accountIds: readonly string[]): Promise<readonly string[]> {
  const accounts = await readAccounts(client, accountIds);
  return accounts.map((account, index) => (account === undefined ? `no account ${accountIds[index]}` : inKeyOrder(account)));
}

/** The names of those to whom codes lead; undefined for codes that lead to nobody. */
export function findOwners(client: SuiteClient, codes: readonly string[]): Promise<(string | undefined)[]> {
  return atOnce(codes, async (referralCode) => {
    const { participant } = await client.ask('findParticipantByReferralCode', { parent, referralCode });
    return participant?.name;
  });
}

/** Makes a call for every item, some at a time. What is not found is undefined. */
async function atOnce<Item, Found>(items: readonly Item[], call: (item: Item) => Promise<Found>): Promise<(Found | undefined)[]> {
  const found: (Found | undefined)[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) {
      found[index] = await call(item).catch((error: ServiceError) => {
        if (error.code === status.NOT_FOUND) return undefined;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, work));
  found.length = items.length;
  return found;
}
