import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobEvent } from '@advocate/contracts';
import { noOutcomes } from '@advocate/domain';
import { openEmbeddedEngine } from '@advocate/embedded';
import { JobEvents, openFileLinks } from '@advocate/messages';
import type { Engine, Mailer } from '@advocate/ports';
import { createLogger } from '@advocate/service';
import { buildJob } from '@advocate/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { EndAnnouncer } from './announce-end.ts';

const ended = 1_767_225_600_000;
const minute = 60_000;

interface Opened {
  readonly engine: Engine;
  /** The ids of the public events so far. */
  readonly events: readonly string[];
  /** The ids of the mails so far. */
  readonly mails: string[];
  /** An announcer in an instance of this name, at a time. */
  announcer(instance: string, time?: number, mailer?: Mailer): Promise<EndAnnouncer>;
}

async function open(): Promise<Opened> {
  const dataDir = await mkdtemp(join(tmpdir(), 'announcing-'));
  const engine = await openEmbeddedEngine({ dataDir });
  onTestFinished(async () => {
    await engine[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true });
  });
  const events: string[] = [];
  await engine.log.consume('advocate.job-events', 'test', async ({ value }) => void events.push(JobEvent.decode(value).id));
  const mails: string[] = [];
  const keeping: Mailer = { send: async ({ id }) => void mails.push(id) };
  const links = await openFileLinks(engine.jobs, { consoleUrl: 'http://localhost:8080' });
  return {
    engine,
    events,
    mails,
    async announcer(instance, time = ended, mailer = keeping) {
      const now = (): number => time;
      const logger = createLogger('test', 'silent');
      return new EndAnnouncer({ ...engine, events: new JobEvents({ ...engine, now }), mailer, links, instance, now, logger });
    },
  };
}

/** A job that has ended and owes its event and its mail. */
async function endJob({ jobs }: Engine, id = 'job-1', dateCompleted = ended): Promise<void> {
  await jobs.create(buildJob({ id, mailtoEmail: 'ann@example.com' }), undefined);
  const ending = { dateCompleted, dateExpires: dateCompleted + minute, counts: noOutcomes, ignoredFields: [], errorCauses: [] };
  await jobs.finish('acme', id, { ...ending, status: 'COMPLETED' });
}

const eventually = (assertion: () => void): Promise<void> => vi.waitFor(assertion, { timeout: 10_000, interval: 5 });

test('of many who tell of an end at a time, here and elsewhere, one sends its mail', async () => {
  const { engine, mails, announcer } = await open();
  await endJob(engine);
  const slow: Mailer = {
    async send({ id }) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      mails.push(id);
    },
  };
  const announcers = await Promise.all(['one', 'other'].map((instance) => announcer(instance, ended, slow)));
  await Promise.all([...announcers, ...announcers].flatMap((one) => [one.announce('acme', 'job-1'), one.announceOwed(Infinity)]));
  for (const one of announcers) await one.announceOwed(Infinity);
  expect(mails).toEqual(['job-1']);
  expect(await engine.jobs.unfinished()).toEqual([]);
});

test('a mail whose sender was killed is sent at once by the same instance anew, and by another after a minute', async () => {
  for (const [instance, later] of [
    ['one', 0],
    ['other', minute],
  ] as const) {
    const { engine, events, mails, announcer } = await open();
    await endJob(engine);
    const stuck = await announcer('one', ended, { send: () => new Promise(() => {}) });
    void stuck.announce('acme', 'job-1');
    await expect.poll(async () => (await engine.jobs.get('acme', 'job-1'))?.mailLease).toBeDefined();
    await (await announcer('other', ended + minute - 1)).takeUp();
    expect(mails).toEqual([]);
    await (await announcer(instance, ended + later)).takeUp();
    expect(mails).toEqual(['job-1']);
    await eventually(() => expect(events).toEqual(['job-1/COMPLETED']));
  }
});

test('a mail that the server did not take stays owed and is tried again after a minute, and the event goes out in any case', async () => {
  const { engine, events, mails, announcer } = await open();
  await endJob(engine);
  const send = vi.fn(() => Promise.reject(new Error('no such mailbox')));
  const failing = await announcer('one', ended, { send });
  await failing.announce('acme', 'job-1');
  for (let look = 0; look < 3; look += 1) await failing.announceOwed(Infinity);
  expect(send).toHaveBeenCalledTimes(1);
  await (await announcer('one', ended + minute)).announceOwed(Infinity);
  expect(mails).toEqual(['job-1']);
  await eventually(() => expect(events).toEqual(['job-1/COMPLETED']));
});

test('an event that was not taken stays owed, and the mail goes out in any case', async () => {
  const { engine, events, mails, announcer } = await open();
  await endJob(engine);
  vi.spyOn(engine.log, 'publish').mockRejectedValueOnce(new Error('The log cannot be reached'));
  const one = await announcer('one');
  await one.announce('acme', 'job-1');
  expect(mails).toEqual(['job-1']);
  expect(await engine.jobs.get('acme', 'job-1')).toMatchObject({ eventOwed: true, mailOwed: false });
  await one.announceOwed(Infinity);
  await eventually(() => expect(events).toEqual(['job-1/COMPLETED']));
});

test('what is owed is told of jobs that ended before a time only', async () => {
  const { engine, mails, announcer } = await open();
  await endJob(engine, 'early', ended - 1);
  await endJob(engine, 'late', ended);
  await engine.jobs.create(buildJob({ id: 'pending', mailtoEmail: 'ann@example.com' }), undefined);
  const one = await announcer('one');
  await one.announceOwed(ended);
  expect(mails).toEqual(['early']);
  await one.announceOwed(Infinity);
  expect(mails).toEqual(['early', 'late']);
});

test('a job that was resumed and has ended again while its abort was told has still to be told of the new end', async () => {
  const { engine, mails, announcer } = await open();
  const { jobs, log } = engine;
  const ending = { dateCompleted: ended, dateExpires: ended + minute, counts: noOutcomes, ignoredFields: [], errorCauses: [] };
  await jobs.create(buildJob({ mailtoEmail: 'ann@example.com' }), undefined);
  await jobs.finish('acme', 'job-1', { ...ending, status: 'ABORTED' });
  const endAgain = async (): Promise<void> => {
    await jobs.resume('acme', 'job-1');
    await jobs.finish('acme', 'job-1', { ...ending, status: 'ABORTED' });
  };
  vi.spyOn(log, 'publish').mockImplementationOnce(endAgain);
  await (await announcer('one', ended, { send: endAgain })).announce('acme', 'job-1');
  expect(await jobs.get('acme', 'job-1')).toMatchObject({ resumptions: 2, eventOwed: true, mailOwed: true });
  await (await announcer('one')).announceOwed(Infinity);
  expect(mails).toEqual(['job-1-2']);
  expect(await jobs.unfinished()).toEqual([]);
});
