import type { CodeState, LoadedAccount, User, UserKey } from '@advocate/domain';
import { codesOf, isSameUser } from '@advocate/domain';
import type { Documents, Replacement, TokenDocument } from './documents.ts';
import { tenantKey } from './keys.ts';

/**
 * Says whose a code or link may be. It is live while its owner's account lists the code, or while a job that made it is unfinished; else it is void, and
 * may be taken over. A decision lists a code only under a live claim of its own job, so nobody can take the code before the account is written.
 */
export interface ClaimDocument extends TokenDocument {
  readonly owner: UserKey;
  /** The jobs that made it, first come first; those that have finished count no longer. */
  readonly jobs: readonly JobClaim[];
  /** The job by which the owner came to list the code, where it is not the first of {@link jobs}. */
  readonly lister?: string;
}

export interface JobClaim extends Claimant {
  readonly program: string;
  /** As given. */
  readonly code: string;
  /** Of the row in the job's file that gives the code; absent when a decision made the claim. */
  readonly record?: number;
}

/** A job for as long as its claims count: taken up again after its end, it has another term, and its earlier claims stay void. */
export interface Claimant {
  readonly job: string;
  readonly term: string;
}

/** Stands for a job that has claims, until it is finished. Its token is the term of the claims. */
export interface ClaimantDocument extends TokenDocument {
  /** The server removes it a month later, far longer than a job takes: a worker that was taken for dead may have begun again for a job that is over. */
  readonly since: Date;
  /** Its claims count no longer, and are still to be looked through. */
  readonly finished?: boolean;
}

/** A code that is wanted for a user. */
export interface Wanted extends Omit<JobClaim, keyof Claimant> {
  readonly key: string;
  readonly owner: UserKey;
}

/** Whether the decision at hand makes the owners list the codes, or a file merely gives them. */
type Purpose = 'list' | 'give';

/** Remembers which claims somebody should look at when a job has ended, as they may have become void. */
export interface ClaimSweeps {
  note(tenant: string, job: string, keys: readonly string[]): Promise<void>;
}

export interface ClaimDependencies {
  readonly sweeps: ClaimSweeps;
  readonly claims: Documents<ClaimDocument>;
  readonly claimants: Documents<ClaimantDocument>;
  readonly readAccounts: (tenant: string, accountIds: Iterable<string>) => Promise<ReadonlyMap<string, LoadedAccount>>;
  readonly newToken: () => string;
}

/** The claims on codes and links, across accounts. */
export class Claims {
  readonly #dependencies: ClaimDependencies;
  /** As it was lately: then claims are made without a look at what is there, which most users' codes, being generated, do not need. */
  #areMostFree = true;

  constructor(dependencies: ClaimDependencies) {
    this.#dependencies = dependencies;
  }

  /** Makes a job's claims count from now on; its term is the one that it has, if it is unfinished. */
  async begin(tenant: string, job: string): Promise<Claimant> {
    const { claimants, newToken } = this.#dependencies;
    const _id = tenantKey(tenant, job);
    for (;;) {
      const [claimant] = await claimants.read([_id]);
      if (claimant !== undefined && !claimant.finished) return { job, term: claimant.token };
      const begun = { _id, token: newToken(), since: new Date() };
      if (claimant === undefined) await claimants.insert([begun]);
      else await claimants.replace([{ token: claimant.token, document: begun }]);
    }
  }

  /** Makes a job's claims count no longer. */
  async finish(tenant: string, job: string): Promise<void> {
    const { claimants, newToken } = this.#dependencies;
    const [claimant] = await claimants.read([tenantKey(tenant, job)]);
    if (claimant === undefined || claimant.finished) return;
    const { token } = claimant;
    const finished = await claimants.replace([{ token, document: { ...claimant, token: newToken(), finished: true } }]);
    if (!finished) await this.finish(tenant, job);
  }

  /** Forgets a job that claimed nothing for a file. */
  async forget(tenant: string, job: string): Promise<void> {
    const { claimants } = this.#dependencies;
    await claimants.remove(await claimants.read([tenantKey(tenant, job)]));
  }

  /**
   * Claims codes for a job, each key once, and answers the keys that somebody else keeps. Claiming again changes nothing.
   */
  async take(tenant: string, claimant: Claimant, wanted: readonly Wanted[], purpose: Purpose): Promise<ReadonlySet<string>> {
    const { claims, sweeps, newToken } = this.#dependencies;
    const lost = new Set<string>();
    // A row may fail, and then nobody comes to list what it gave.
    if (purpose === 'give')
      await sweeps.note(
        tenant,
        claimant.job,
        wanted.map(({ key }) => key),
      );
    let open = new Map(wanted.map((one) => [tenantKey(tenant, one.key), one]));
    let isUnread = this.#areMostFree;
    while (open.size > 0) {
      const found = new Map(isUnread ? [] : (await claims.read(open.keys())).map((claim) => [claim._id, claim]));
      const fresh: ClaimDocument[] = [];
      const contested: (readonly [ClaimDocument, Wanted])[] = [];
      for (const [_id, want] of open) {
        const claim = found.get(_id);
        if (claim === undefined) fresh.push({ _id, token: newToken(), ...newClaim(claimant, want) });
        else if (!isSatisfied(claim, claimant, want, purpose)) contested.push([claim, want]);
      }
      const judged = await this.#judge(
        tenant,
        contested.map(([claim]) => claim),
      );
      const changes: Replacement<ClaimDocument>[] = [];
      for (const [claim, want] of contested) {
        const judgement = judged.get(claim._id)!;
        if (isSameUser(claim.owner, want.owner)) {
          // Listing what is listed already changes nothing.
          if (judgement.listed !== undefined && purpose === 'list') continue;
          changes.push({
            token: claim.token,
            document: { _id: claim._id, token: newToken(), ...joined(claim, judgement, claimant, want, purpose) },
          });
        } else if (judgement.isLive) lost.add(want.key);
        else changes.push({ token: claim.token, document: { _id: claim._id, token: newToken(), ...newClaim(claimant, want) } });
      }
      const again = new Set(await claims.insert(fresh));
      if (open.size === wanted.length) this.#areMostFree = again.size + found.size < open.size / 2;
      isUnread = false;
      if (!(await claims.replace(changes))) for (const { document } of changes) again.add(document._id);
      open = new Map(open.entries().filter(([id]) => again.has(id)));
    }
    return lost;
  }

  /** Who has the codes asked for, by key; of the claims of files, that of `jobId` first. */
  async states(tenant: string, keys: Iterable<string>, jobId: string): Promise<Map<string, CodeState>> {
    const wanted = new Map(Array.from(keys, (key) => [tenantKey(tenant, key), key]));
    const states = new Map<string, CodeState>();
    if (wanted.size === 0) return states;
    const found = await this.#dependencies.claims.read(wanted.keys());
    const judged = await this.#judge(tenant, found);
    for (const claim of found) {
      const { isLive, liveJobs, listed, incarnation } = judged.get(claim._id)!;
      if (!isLive) continue;
      const given = liveJobs.filter(({ record }) => record !== undefined);
      const shown = given.find(({ job }) => job === jobId) ?? given[0];
      const { program = '', code = '' } = shown ?? liveJobs[0] ?? {};
      states.set(wanted.get(claim._id)!, {
        owner: claim.owner,
        ...(listed ?? { programId: program, code }),
        ...(incarnation === undefined ? {} : { incarnation }),
        ...(listed === undefined ? {} : { listedBy: listerOf(claim) }),
        ...(shown?.record === undefined ? {} : { claim: { jobId: shown.job, recordNumber: shown.record } }),
      });
    }
    return states;
  }

  /** Drops claims that are void. One that still counts for an unfinished job is looked at again when that job ends. */
  async drop(tenant: string, keys: Iterable<string>): Promise<void> {
    const { claims, sweeps } = this.#dependencies;
    const found = await claims.read(Array.from(keys, (key) => tenantKey(tenant, key)));
    const judged = await this.#judge(tenant, found);
    await claims.remove(found.filter(({ _id }) => !judged.get(_id)!.isLive));
    const later = found.filter(({ _id }) => judged.get(_id)!.isLive && judged.get(_id)!.listed === undefined);
    for (const [job, some] of Map.groupBy(later, ({ _id }) => judged.get(_id)!.liveJobs[0]!.job)) {
      await sweeps.note(
        tenant,
        job,
        some.map(({ _id }) => keyOf(tenant, _id)),
      );
    }
  }

  /**
   * Looks which claims are live. The order is what makes it right: first the claims, then their jobs, then the accounts. What a job listed, it had
   * written before it was finished; and nobody lists a code under a claim of a finished job without giving the claim a new token first.
   */
  async #judge(tenant: string, claims: readonly ClaimDocument[]): Promise<Map<string, Judgement>> {
    const judgements = new Map<string, Judgement>();
    if (claims.length === 0) return judgements;
    const { claimants, readAccounts } = this.#dependencies;
    const jobs = new Set(claims.flatMap((claim) => claim.jobs.map(({ job }) => tenantKey(tenant, job))));
    const terms = new Map((await claimants.read(jobs)).filter(({ finished }) => !finished).map(({ _id, token }) => [_id, token]));
    const accounts = await readAccounts(tenant, new Set(claims.map(({ owner }) => owner.accountId)));
    for (const claim of claims) {
      const user = accounts.get(claim.owner.accountId)?.account?.users.find(({ id }) => id === claim.owner.id);
      const listed = user === undefined ? undefined : listedCode(user, keyOf(tenant, claim._id));
      const liveJobs = claim.jobs.filter(({ job, term }) => terms.get(tenantKey(tenant, job)) === term);
      judgements.set(claim._id, {
        isLive: listed !== undefined || liveJobs.length > 0,
        liveJobs,
        ...(listed === undefined ? {} : { listed }),
        ...(user === undefined ? {} : { incarnation: user.incarnation }),
      });
    }
    return judgements;
  }
}

interface Judgement {
  readonly isLive: boolean;
  /** Of the unfinished jobs. */
  readonly liveJobs: readonly JobClaim[];
  /** What the owner's account lists. */
  readonly listed?: Listed;
  readonly incarnation?: string;
}

interface Listed {
  readonly programId: string;
  readonly code: string;
}

const keyOf = (tenant: string, claimId: string): string => claimId.slice(tenantKey(tenant, '').length);

const listerOf = (claim: ClaimDocument): string => claim.lister ?? claim.jobs[0]?.job ?? '';

/** Whether a claim already says all that a job wants it to say. */
function isSatisfied(claim: ClaimDocument, { job, term }: Claimant, { owner }: Wanted, purpose: Purpose): boolean {
  const mine = claim.jobs.find((other) => other.job === job && other.term === term);
  if (mine === undefined || !isSameUser(claim.owner, owner)) return false;
  return purpose === 'list' ? listerOf(claim) === job : mine.record !== undefined;
}

type ClaimContent = Omit<ClaimDocument, keyof TokenDocument>;

function newClaim({ job, term }: Claimant, { owner, program, code, record }: Wanted): ClaimContent {
  const claim: JobClaim = { job, term, program, code, ...(record === undefined ? {} : { record }) };
  return { owner, jobs: [claim] };
}

/** The owner's own claim, with one more job. */
function joined(claim: ClaimDocument, { liveJobs, listed }: Judgement, claimant: Claimant, want: Wanted, purpose: Purpose): ClaimContent {
  const { owner, jobs: added } = newClaim(claimant, want);
  const at = liveJobs.findIndex(({ job }) => job === claimant.job);
  // What the file gives is worth more than what a decision noted.
  const jobs = at < 0 ? [...liveJobs, ...added] : purpose === 'give' ? liveJobs.with(at, added[0]!) : liveJobs;
  const lister = purpose === 'list' ? claimant.job : listed === undefined ? undefined : listerOf(claim);
  return { owner, jobs, ...(lister === undefined ? {} : { lister }) };
}

/** The code or link of a user that has a key, as the user was given it. */
function listedCode(user: User, key: string): Listed | undefined {
  for (const { key: held, ...listed } of codesOf(user)) if (held === key) return listed;
  return undefined;
}
