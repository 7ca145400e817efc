import { createHash } from 'node:crypto';
import { decideAndCommit, deletionLogic, directUpsertLogic, type RowLogic, upsertLogic } from '@advocate/apply';
import type { ImportPlan, RowOutcome, UserDeletion, UserKey, UserUpsert } from '@advocate/domain';
import { chunkId, codeKey } from '@advocate/domain';
import { ChunkOutcomeEncoder, decodeChunkOutcome } from '@advocate/messages';
import type { ParticipantStore } from '@advocate/ports';
import { buildPlan } from '@advocate/testing';
import { usersOf } from '../protocol/account-document.ts';
import { type Actor, Scheduler, SeededRandom } from './scheduler.ts';
import { accountKey, type Fault, tenant, World } from './world.ts';

type Row = UserUpsert | UserDeletion;

/** Rows that are applied under one id. */
interface Chunk {
  readonly id: string;
  readonly plan: ImportPlan;
  readonly logic: RowLogic<never>;
  readonly rows: readonly Row[];
  readonly slice: number;
  readonly isDirect: boolean;
  /** What each worker was answered. */
  readonly answers: Uint8Array[];
  /** How many writes of accounts came before the first worker began, and before the first answer. */
  began?: number;
  answered?: number;
}

interface Job {
  readonly plan: ImportPlan;
  readonly chunks: readonly Chunk[];
}

const maxCrashes = 4;
const accountIds = ['A', 'B'];
const userIds = ['1', '2'];
const codes = ['X', 'Y'];

/**
 * Runs workers of imports, deletions and direct calls on two accounts and two codes, in an order that the seed draws, with crashes and redeliveries, until
 * all is done. Answers what was seen that must never be.
 */
export async function runModel(seed: number, fault?: Fault): Promise<{ readonly violations: readonly string[]; readonly steps: number }> {
  const run = new ModelRun(seed, fault);
  const ended = await run.run();
  return { violations: [...run.world.violations, ...(ended ? run.check() : ['it never ends'])], steps: run.steps };
}

class ModelRun {
  readonly world: World;
  readonly #random: SeededRandom;
  readonly #chunks: Chunk[] = [];
  readonly #scheduler: Scheduler;
  readonly #barring = new Set<string>();

  constructor(seed: number, fault?: Fault) {
    this.#random = new SeededRandom(seed);
    this.world = new World(this.#random, fault);
    this.#scheduler = new Scheduler(this.#random, this.#random.below(maxCrashes + 1));
  }

  get steps(): number {
    return this.#scheduler.steps;
  }

  async run(): Promise<boolean> {
    const random = this.#random;
    const imports = [this.#import('i0'), this.#import('i1'), this.#import('i2')];
    const deletions = [this.#deletion('d0'), this.#deletion('d1')];
    this.#startJobs([imports[0]!, deletions[0]!]);
    this.#startJobs(random.chance(0.5) ? [imports[1]!, imports[2]!] : [deletions[1]!, imports[1]!, imports[2]!]);
    this.#startDirect('x0');
    if (random.chance(0.5)) this.#startDirect('x1');
    this.#startReward();
    let ended = await this.#scheduler.run();
    // Direct calls that were left lying are settled when nobody can have them in hand any more.
    for (const { id } of this.#chunks.filter(({ isDirect }) => isDirect)) {
      this.#settle(id);
      ended &&= await this.#scheduler.run();
    }
    return ended;
  }

  /** Starts an actor that begins anew when it crashes. */
  #start(run: (actor: Actor) => Promise<void>): void {
    this.#scheduler.start(run, () => this.#start(run));
  }

  /** One job after the other. */
  #startJobs([job, ...later]: readonly Job[]): void {
    if (job === undefined) return;
    const { jobId, type } = job.plan;
    const claims = job.chunks.flatMap(({ rows, slice }) =>
      rows.flatMap((row, index) =>
        Object.entries('referralCodes' in row ? (row.referralCodes ?? {}) : {}).map(([programId, code]) => ({
          ...{ key: codeKey(code), owner: { accountId: row.accountId, id: row.id }, programId, code },
          recordNumber: recordNumber(slice, index),
        })),
      ),
    );
    this.#start(async (actor) => {
      if (type === 'users' && claims.length > 0) await this.world.protocol(actor).claimForFile(tenant, jobId, claims);
      this.#startChunks(job.chunks, () => {
        this.#start(async (releasing) => {
          await this.world.protocol(releasing).claims.finish(tenant, jobId);
          this.#startJobs(later);
        });
      });
    });
  }

  /** A partition's chunks, each when the one before it was answered. */
  #startChunks([chunk, ...later]: readonly Chunk[], then: () => void): void {
    if (chunk === undefined) {
      then();
      return;
    }
    // One that was taken for dead may still have the chunk in hand.
    if (this.#random.chance(0.25))
      this.#scheduler.start(
        (actor) => this.#work(actor, chunk),
        () => undefined,
      );
    this.#start(async (actor) => {
      await this.#work(actor, chunk);
      this.#startChunks(later, then);
    });
  }

  async #work(actor: Actor, chunk: Chunk): Promise<void> {
    const protocol = this.world.protocol(actor);
    chunk.began ??= this.world.written.length;
    const store = {
      load: (request) => protocol.load(request),
      commit: (decision) => protocol.commit(decision),
      fits: () => true,
    } satisfies Partial<ParticipantStore> as unknown as ParticipantStore;
    const { id, plan, slice, rows, logic, isDirect } = chunk;
    const recordNumbers = rows.map((_, index) => recordNumber(slice, index));
    const place = { tenant, jobId: plan.jobId, slice, partition: 0, sliceChunks: 1, recordNumbers, ignoredFields: [] };
    const parsed = rows.map((row) => ({ row })) as never;
    const outcome =
      (await protocol.committed(id)) ??
      (await decideAndCommit(
        { store, logic },
        { id, plan, recordNumbers, isDirect, encoder: new ChunkOutcomeEncoder(place), rows: parsed },
      ));
    chunk.answers.push(outcome);
    chunk.answered ??= this.world.written.length;
  }

  #startDirect(name: string): void {
    const isDeletion = this.#random.chance(0.4);
    const jobId = `direct-${name}`;
    const chunk = isDeletion ? this.#deletionChunk(jobId, 0, 1, true) : this.#importChunk(jobId, 0, 1, true);
    // Nobody calls again after a crash.
    this.#scheduler.start(
      (actor) => this.#work(actor, chunk),
      () => {
        if (this.#random.chance(0.5)) this.#settle(chunk.id);
      },
    );
    if (this.#random.chance(0.1)) this.#settle(chunk.id);
  }

  #settle(id: string): void {
    this.#start((actor) => this.world.protocol(actor).settle(id));
  }

  #startReward(): void {
    const owner = { accountId: this.#random.pick(accountIds), id: this.#random.pick(userIds) };
    this.#scheduler.start(
      async (actor) => {
        const protocol = this.world.protocol(actor);
        for (let attempt = 0; attempt < 3; attempt += 1) {
          const account = (await protocol.readAccounts(tenant, [owner.accountId])).get(owner.accountId)?.account;
          const user = account?.users.find(({ id }) => id === owner.id);
          if (user !== undefined) await this.world.recordItem(protocol, actor, `r${attempt}`, { ...owner, incarnation: user.incarnation });
        }
      },
      () => undefined,
    );
  }

  #import(jobId: string): Job {
    const chunks = Array.from({ length: 1 + this.#random.below(2) }, (_, slice) => this.#importChunk(jobId, slice, 2, false));
    return { plan: chunks[0]!.plan, chunks };
  }

  #deletion(jobId: string): Job {
    const chunks = Array.from({ length: 1 + this.#random.below(2) }, (_, slice) => this.#deletionChunk(jobId, slice, 2, false));
    return { plan: chunks[0]!.plan, chunks };
  }

  #importChunk(jobId: string, slice: number, most: number, isDirect: boolean): Chunk {
    const random = this.#random;
    const rows = this.#users(most).map((user): UserUpsert => ({
      ...user,
      firstName: `${jobId}-${slice}`,
      ...(random.chance(0.6) ? { referralCodes: { default: random.pick(codes) } } : {}),
      ...(random.chance(0.3) ? { referredByCodes: [random.pick(codes)] } : {}),
    }));
    const plan = buildPlan({ tenant, jobId, programs: [], allowReferralCodeEdit: true });
    return this.#chunk({ plan, slice, rows, isDirect, logic: (isDirect ? directUpsertLogic : upsertLogic) as RowLogic<never> });
  }

  #deletionChunk(jobId: string, slice: number, most: number, isDirect: boolean): Chunk {
    const random = this.#random;
    const rows = this.#users(most).map((user): UserDeletion => ({
      ...user,
      preserveEmptyAccount: random.chance(0.3),
      doNotTrack: random.chance(0.15),
    }));
    const plan = buildPlan({ tenant, jobId, type: 'deletions' });
    return this.#chunk({ plan, slice, rows, isDirect, logic: deletionLogic as RowLogic<never> });
  }

  #chunk(chunk: Omit<Chunk, 'id' | 'answers'>): Chunk {
    const made = { ...chunk, id: chunkId(chunk.plan.jobId, chunk.slice, 0), answers: [] };
    this.#chunks.push(made);
    return made;
  }

  /** Each at most once. */
  #users(most: number): UserKey[] {
    const all = accountIds.flatMap((accountId) => userIds.map((id) => ({ accountId, id })));
    return Array.from({ length: 1 + this.#random.below(most) }, () => all.splice(this.#random.below(all.length), 1)[0]!);
  }

  check(): string[] {
    const found: string[] = [];
    for (const chunk of this.#chunks) this.#checkChunk(chunk, found);
    for (const accountId of accountIds) this.#checkAnnouncements(accountId, found);
    this.#checkHistory(found);
    this.#checkCodes(found);
    return found;
  }

  /** Others were told of an account's writes in their order, of each after it was made. */
  #checkAnnouncements(accountId: string, found: string[]): void {
    const { announced, written } = this.world;
    const told = new Map<string, number>();
    for (const { outcome, accountIds: some, writes } of announced) {
      const { jobId, slice, partition } = decodeChunkOutcome(outcome);
      const id = chunkId(jobId, slice, partition);
      if (some?.has(accountId) !== false && !told.has(id)) told.set(id, writes);
    }
    const writers = written.flatMap((write, at) => (write.accountId === accountId && write.recordId !== '' ? [{ ...write, at }] : []));
    const order = [...told.keys()].filter((id) => writers.some(({ recordId }) => recordId === id));
    const wanted = writers.map(({ recordId }) => recordId);
    if (order.join() !== wanted.join()) found.push(`${accountId} was written by ${wanted.join()}, but others were told of ${order.join()}`);
    for (const { recordId, at } of writers)
      if ((told.get(recordId) ?? Infinity) <= at) found.push(`${recordId} was announced before it wrote ${accountId}`);
  }

  #checkChunk(chunk: Chunk, found: string[]): void {
    const { world } = this;
    const record = world.records.documents.get(chunk.id);
    const answers = new Set(chunk.answers.map(digest));
    if (answers.size > 1) found.push(`${chunk.id} was answered with ${answers.size} outcomes`);
    if (record?.open) found.push(`${chunk.id} is left open`);
    if (record === undefined && !chunk.isDirect && chunk.answers.length > 0) found.push(`${chunk.id} has no record`);
    const writes = world.written.filter(({ recordId }) => recordId === chunk.id);
    for (const accountId of accountIds) {
      const count = writes.filter((write) => write.accountId === accountId).length;
      if (count > 1) found.push(`${chunk.id} wrote ${accountId} ${count} times`);
    }
    const [answer] = chunk.answers;
    if (answer === undefined) return;
    if (!world.announced.some(({ outcome, accountIds }) => accountIds === undefined && Buffer.compare(outcome, answer) === 0))
      found.push(`${chunk.id} was not announced`);
    const { outcomes } = decodeChunkOutcome(answer);
    for (const [index, row] of chunk.rows.entries()) {
      const write = writes.find(({ accountId }) => accountId === row.accountId);
      const outcome = outcomes[index];
      const problem = contradiction(
        outcome,
        write === undefined ? undefined : { before: userIn(write.before, row), after: userIn(write.after, row) },
      );
      if (problem !== undefined) found.push(`${chunk.id} says of ${row.accountId}/${row.id} ${outcome?.kind}, but ${problem}`);
      // A deletion fails for nothing else.
      if (chunk.plan.type === 'deletions' && outcome?.kind === 'failed' && !this.#wasAway(chunk, row))
        found.push(`${chunk.id} did not find ${row.accountId}/${row.id}, who was there all the time`);
      if (write === undefined) continue;
      const hasUsers = usersOf(write.after ?? {}).length > 0;
      const isKept = write.after?.users !== undefined;
      const mayBeEmpty = chunk.rows.some(
        (one) => 'preserveEmptyAccount' in one && one.accountId === row.accountId && one.preserveEmptyAccount,
      );
      if (isKept && !hasUsers && !mayBeEmpty) found.push(`${chunk.id} kept the empty account ${row.accountId}`);
      if (!isKept && chunk.plan.type === 'users') found.push(`${chunk.id} lost the account ${row.accountId}`);
    }
  }

  /** Whether a user was not there at some time between a chunk's beginning and its answer. */
  #wasAway({ began = 0, answered = Infinity }: Chunk, user: UserKey): boolean {
    const writes = this.world.written.slice(0, answered).map((write, at) => ({ ...write, at }));
    const own = writes.filter(({ accountId }) => accountId === user.accountId);
    const atFirst = own.findLast(({ at }) => at < began);
    return [atFirst, ...own.filter(({ at }) => at >= began)].some((write) => userIn(write?.after, user) === undefined);
  }

  /** Nothing belongs to a life that ended, and nobody is created who was barred before. */
  #checkHistory(found: string[]): void {
    const { referrals, items, ended, written } = this.world;
    for (const [id, { referrer, referred }] of referrals) {
      for (const life of [referrer, referred])
        if (life !== null && ended.has(life)) found.push(`the referral ${id} has the ended life ${life}`);
    }
    for (const [id, life] of items) if (ended.has(life)) found.push(`the reward ${id} has the ended life ${life}`);
    for (const { accountId, recordId, before, after } of written) {
      const chunk = this.#chunks.find(({ id }) => id === recordId);
      for (const id of userIds) {
        const [had, has] = [userIn(before, { accountId, id }) !== undefined, userIn(after, { accountId, id }) !== undefined];
        const row = chunk?.rows.find((one) => one.accountId === accountId && one.id === id);
        if (had && !has && row !== undefined && 'doNotTrack' in row && row.doNotTrack) this.#barring.add(`${accountId}/${id}`);
        if (!had && has && this.#barring.has(`${accountId}/${id}`)) found.push(`${recordId} created ${accountId}/${id}, who is barred`);
      }
    }
  }

  /** Every code that somebody lists is claimed for them. */
  #checkCodes(found: string[]): void {
    for (const accountId of accountIds) {
      for (const user of usersOf(this.world.accounts.documents.get(accountKey(accountId)) ?? {})) {
        for (const code of Object.values(user.codes).flat()) {
          const owner = this.world.claims.documents.get(accountKey(codeKey(code)))?.owner;
          if (owner?.accountId !== accountId || owner.id !== user.id)
            found.push(`${code} of ${accountId}/${user.id} is not claimed for them`);
        }
      }
    }
  }
}

const recordNumber = (slice: number, index: number): number => 1 + slice * 10 + index;
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function userIn(account: { readonly users?: string } | undefined, { id }: UserKey): string | undefined {
  const user = usersOf(account ?? {}).find((candidate) => candidate.id === id);
  return user === undefined ? undefined : JSON.stringify(user);
}

/** What of an outcome is not so. */
function contradiction(
  outcome: RowOutcome | undefined,
  write: { readonly before: string | undefined; readonly after: string | undefined } | undefined,
): string | undefined {
  switch (outcome?.kind) {
    case 'created':
      return write === undefined
        ? 'it was not written'
        : write.before !== undefined
          ? 'it was there'
          : write.after === undefined
            ? 'it is not there'
            : undefined;
    case 'updated':
      return write === undefined
        ? 'it was not written'
        : write.before === undefined || write.after === undefined
          ? 'it was not there'
          : undefined;
    case 'deleted':
      return write === undefined
        ? 'it was not written'
        : write.before === undefined
          ? 'it was not there'
          : write.after !== undefined
            ? 'it is there'
            : undefined;
    case 'unchanged':
    case 'failed':
      return write !== undefined && write.before !== write.after ? 'it was changed' : undefined;
    default:
      return 'it has no outcome';
  }
}
