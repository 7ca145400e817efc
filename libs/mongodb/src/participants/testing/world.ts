import type { LoadedState, Referral, UserKey } from '@advocate/domain';
import { codesOf, userText } from '@advocate/domain';
import type { LoadRequest } from '@advocate/ports';
import type { AccountDocument } from '../protocol/account-document.ts';
import { usersOf } from '../protocol/account-document.ts';
import type { ClaimantDocument, ClaimDocument } from '../protocol/claims.ts';
import type { Blobs, ProtocolDependencies } from '../protocol/commit-protocol.ts';
import { CommitProtocol } from '../protocol/commit-protocol.ts';
import type { BarDocument } from '../protocol/do-not-track.ts';
import type { Documents, Replacement, TokenDocument } from '../protocol/documents.ts';
import type { History } from '../protocol/history.ts';
import { recordOf, tenantKey } from '../protocol/keys.ts';
import type { DecisionRecord, Decisions } from '../protocol/record.ts';
import { MemoryDoNotTrackList, MemoryDocuments, Table } from './memory-documents.ts';
import type { Actor, SeededRandom } from './scheduler.ts';

/** Ways to break the protocol, each of which the model has to find. */
export const faults = [
  'no note before overwriting',
  'no tombstone',
  'taking over a live claim',
  'dropping a claim that was claimed again',
  'amending without looking at notes',
  'no look at lives that ended',
  'do-not-track after the account',
  'overwriting before telling',
  'taking accounts for new without looking again',
] as const;
export type Fault = (typeof faults)[number];

export const tenant = 't';

/** A write that an account got. */
export interface AccountWritten {
  readonly accountId: string;
  readonly recordId: string;
  readonly before: AccountDocument | undefined;
  readonly after: AccountDocument | undefined;
}

/** What others were told: of all accounts of an outcome, or of some. */
interface Announcement {
  readonly outcome: Uint8Array;
  readonly accountIds: ReadonlySet<string> | undefined;
  /** How many writes of accounts came before. */
  readonly writes: number;
}

/** The database of the model: what is in it, all that was written to accounts, and what was seen that must never be. */
export class World {
  readonly violations: string[] = [];
  readonly written: AccountWritten[] = [];
  readonly accounts = new Table<AccountDocument>((before, after) => this.#accountWritten(before, after));
  readonly records = new Table<DecisionRecord>();
  readonly claims = new Table<ClaimDocument>();
  readonly claimants = new Table<ClaimantDocument>();
  readonly doNotTrack = new Table<BarDocument>();
  readonly blobs = new Map<string, Uint8Array>();
  readonly referrals = new Map<string, { referrer: string | null; referred: string | null }>();
  readonly items = new Map<string, string>();
  readonly ended = new Set<string>();
  readonly announced: Announcement[] = [];
  readonly #random: SeededRandom;
  readonly #fault: Fault | undefined;
  #tokens = 0;

  constructor(random: SeededRandom, fault: Fault | undefined) {
    this.#random = random;
    this.#fault = fault;
  }

  #accountWritten(before: AccountDocument | undefined, after: AccountDocument | undefined): void {
    const document = after ?? before!;
    const accountId = document._id.slice(tenant.length + 1);
    this.written.push({ accountId, recordId: recordOf(after?.token ?? ''), before, after });
    const owners = new Map<string, string>();
    for (const account of this.accounts.documents.values()) {
      for (const user of usersOf(account)) {
        const owner = `${account._id} ${user.id}`;
        for (const { key } of codesOf(user)) {
          const other = owners.get(key);
          if (other !== undefined && other !== owner) this.violations.push(`${key} is listed by ${other} and ${owner}`);
          owners.set(key, owner);
        }
      }
    }
  }

  /** The protocol as an actor runs it. */
  protocol(actor: Actor): CommitProtocol {
    const random = this.#random;
    const documents = <Document extends TokenDocument>(table: Table<Document>): Documents<Document> =>
      new MemoryDocuments(table, actor, random);
    const dependencies: ProtocolDependencies = {
      accounts: documents(this.accounts),
      records: documents(this.records),
      claims: documents(this.claims),
      claimants: documents(this.claimants),
      sweeps: { note: () => actor.step() },
      doNotTrack: new MemoryDoNotTrackList(this.doNotTrack, actor, random),
      history: this.#history(actor),
      // Whether they are new or not.
      newcomers: { areExpectedIn: () => random.chance(0.3), note: () => undefined },
      blobs: this.#blobs(actor),
      encode: (decisions) => Buffer.from(JSON.stringify(decisions)),
      decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as Decisions,
      announce: async (outcome, _, accountIds) => {
        await actor.step();
        this.announced.push({ outcome, accountIds, writes: this.written.length });
      },
      userHash: (user: UserKey) => userText(user),
      random: () => String((this.#tokens += 1)),
    };
    if (this.#fault === 'taking accounts for new without looking again') return new TrustingProtocol(dependencies);
    return new CommitProtocol(this.#fault === undefined ? dependencies : { ...dependencies, ...this.#planted(this.#fault, dependencies) });
  }

  #blobs(actor: Actor): Blobs {
    return {
      write: async (id, bytes) => {
        await actor.step();
        this.blobs.set(id, bytes);
      },
      read: async (id) => {
        await actor.step();
        return this.blobs.get(id);
      },
      remove: async (ids) => {
        for (const id of ids) {
          await actor.step();
          this.blobs.delete(id);
        }
      },
    };
  }

  #history(actor: Actor): History {
    return {
      addReferrals: async (_tenant, referrals: readonly Referral[]) => {
        for (const { id, referrer, referred } of referrals) {
          await actor.step();
          if (this.referrals.has(id)) continue;
          this.referrals.set(id, { referrer: referrer.incarnation, referred: referred.incarnation });
        }
      },
      end: async (_tenant, lives) => {
        for (const { incarnation } of lives) {
          await actor.step();
          this.ended.add(incarnation);
        }
      },
      endedAmong: async (_tenant, lives) => {
        await actor.step();
        return lives.filter((life) => this.ended.has(life));
      },
      erase: async (_tenant, lives) => {
        await actor.step();
        for (const [id, life] of this.items) if (lives.includes(life)) this.items.delete(id);
        await actor.step();
        for (const [id, sides] of this.referrals) {
          if (sides.referrer !== null && lives.includes(sides.referrer)) sides.referrer = null;
          if (sides.referred !== null && lives.includes(sides.referred)) sides.referred = null;
          if (sides.referrer === null && sides.referred === null) this.referrals.delete(id);
        }
      },
    };
  }

  /** Adds a reward to a life, as a direct call does. */
  recordItem(protocol: CommitProtocol, actor: Actor, id: string, owner: UserKey & { readonly incarnation: string }): Promise<boolean> {
    return protocol.addHistory(tenant, [owner], async () => {
      await actor.step();
      this.items.set(id, owner.incarnation);
    });
  }

  /** The dependencies with one fault in them. */
  #planted(
    fault: Exclude<Fault, 'taking accounts for new without looking again'>,
    { accounts, records, claims, claimants, history, doNotTrack, announce }: ProtocolDependencies,
  ): Partial<ProtocolDependencies> {
    const isNote = ({ token, document }: Replacement<DecisionRecord>): boolean => {
      const before = this.records.documents.get(document._id);
      return before?.token === token && before.open && document.open && document.applied.length > before.applied.length;
    };
    switch (fault) {
      case 'no note before overwriting':
        return { records: over(records, { replace: async (changes) => records.replace(changes.filter((change) => !isNote(change))) }) };
      case 'no tombstone':
        return {
          accounts: over(accounts, {
            replace: async (changes) => {
              const [dead, living] = [changes.filter(isDeath), changes.filter((change) => !isDeath(change))];
              const all = await accounts.replace(living);
              const tokens = await accounts.tokens(dead.map(({ document }) => document._id));
              await accounts.remove(dead.map(({ token, document }) => ({ _id: document._id, token })));
              return all && dead.every(({ token, document }) => tokens.get(document._id) === token);
            },
          }),
        };
      case 'taking over a live claim':
        // Whoever judges a claim takes other jobs for finished.
        return {
          claimants: over(claimants, {
            read: async (ids) => {
              const wanted = [...ids];
              const found = await claimants.read(wanted);
              return wanted.length === 1 && this.#random.chance(0.5) ? found : found.map((claimant) => ({ ...claimant, token: 'another' }));
            },
          }),
        };
      case 'dropping a claim that was claimed again':
        return {
          claims: over(claims, {
            remove: async (documents) => {
              const now = await claims.tokens(documents.map(({ _id }) => _id));
              await claims.remove(documents.map(({ _id, token }) => ({ _id, token: now.get(_id) ?? token })));
            },
          }),
        };
      case 'amending without looking at notes': {
        // A note leaves the record's token as it is, and what is noted is not read.
        return {
          records: over(records, {
            read: async (ids) => (await records.read(ids)).map((record) => ({ ...record, applied: [] })),
            replace: async (changes) =>
              records.replace(
                changes.map((change) => (isNote(change) ? { ...change, document: { ...change.document, token: change.token } } : change)),
              ),
          }),
        };
      }
      case 'overwriting before telling':
        return {
          announce: async (outcome, date, ids) => {
            if (ids === undefined) await announce(outcome, date);
          },
        };
      case 'no look at lives that ended':
        return { history: { ...history, endedAmong: async () => [] } };
      case 'do-not-track after the account': {
        const owed: BarDocument[] = [];
        return {
          doNotTrack: Object.assign(over(doNotTrack, { insert: async (list) => (owed.push(...list), new Set<string>()) }), {
            isEmpty: (of: string) => doNotTrack.isEmpty(of),
          }),
          history: {
            ...history,
            async end(of, lives) {
              await doNotTrack.insert(owed.splice(0));
              await history.end(of, lives);
            },
          },
        };
      }
    }
  }
}

/** Forgets that accounts were not looked up. */
class TrustingProtocol extends CommitProtocol {
  override async load(request: LoadRequest): Promise<LoadedState> {
    const { accounts, codes, doNotTrack } = await super.load(request);
    return { accounts, codes, doNotTrack };
  }
}

const isDeath = ({ document }: Replacement<AccountDocument>): boolean => document.users === undefined;

function over<Document extends TokenDocument>(documents: Documents<Document>, changed: Partial<Documents<Document>>): Documents<Document> {
  return {
    read: (ids) => documents.read(ids),
    tokens: (ids) => documents.tokens(ids),
    insert: (all) => documents.insert(all),
    replace: (changes) => documents.replace(changes),
    remove: (all) => documents.remove(all),
    ...changed,
  };
}

export const accountKey = (accountId: string): string => tenantKey(tenant, accountId);
