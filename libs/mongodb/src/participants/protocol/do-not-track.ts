import type { UserKey } from '@advocate/domain';
import { userText } from '@advocate/domain';
import type { Documents, Replacement, TokenDocument } from './documents.ts';
import { tenantKey } from './keys.ts';

/** A user who must not be stored again, by a hash of who it is. */
export interface BarDocument extends TokenDocument {
  /** The records that bar the user. One whose deletion came to nothing takes its own away, and the others stand. */
  readonly records: readonly string[];
}

export interface DoNotTrackList extends Documents<BarDocument> {
  isEmpty(tenant: string): Promise<boolean>;
}

export interface DoNotTrackDependencies {
  readonly list: DoNotTrackList;
  /** The id of a user on the list, without the tenant. */
  readonly userHash: (user: UserKey) => string;
  readonly newToken: () => string;
}

/** The do-not-track list, across accounts. */
export class DoNotTrack {
  readonly #dependencies: DoNotTrackDependencies;

  constructor(dependencies: DoNotTrackDependencies) {
    this.#dependencies = dependencies;
  }

  /** Those of the users who are barred, as {@link userText}. */
  async among(tenant: string, users: Iterable<UserKey>): Promise<Set<string>> {
    const { list, userHash } = this.#dependencies;
    if (await list.isEmpty(tenant)) return new Set();
    const texts = new Map(Array.from(users, (user) => [tenantKey(tenant, userHash(user)), userText(user)]));
    return new Set((await list.read(texts.keys())).map(({ _id }) => texts.get(_id) ?? ''));
  }

  /** Bars users on behalf of a record; again is harmless. */
  async bar(tenant: string, users: readonly UserKey[], record: string): Promise<void> {
    const { list, newToken } = this.#dependencies;
    const barred = this.#ids(tenant, users).map((_id): BarDocument => ({ _id, token: newToken(), records: [record] }));
    const taken = await list.insert(barred);
    await this.#change(taken, (bar) => (bar.records.includes(record) ? undefined : [...bar.records, record]));
  }

  /** Takes back what a record barred. */
  async withdraw(tenant: string, users: readonly UserKey[], record: string): Promise<void> {
    await this.#change(new Set(this.#ids(tenant, users)), (bar) =>
      bar.records.includes(record) ? bar.records.filter((other) => other !== record) : undefined,
    );
  }

  #ids(tenant: string, users: readonly UserKey[]): string[] {
    return users.map((user) => tenantKey(tenant, this.#dependencies.userHash(user)));
  }

  /** Gives documents the records that `change` says, until all have them; without records they go. */
  async #change(ids: ReadonlySet<string>, change: (bar: BarDocument) => readonly string[] | undefined): Promise<void> {
    const { list, newToken } = this.#dependencies;
    for (let isDone = ids.size === 0; !isDone;) {
      const changes: Replacement<BarDocument>[] = [];
      const empty: BarDocument[] = [];
      for (const bar of await list.read(ids)) {
        const records = change(bar);
        if (records?.length === 0) empty.push(bar);
        else if (records !== undefined) changes.push({ token: bar.token, document: { _id: bar._id, token: newToken(), records } });
      }
      await list.remove(empty);
      isDone = (await list.replace(changes)) && empty.length === 0;
    }
  }
}
