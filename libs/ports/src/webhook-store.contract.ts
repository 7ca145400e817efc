import type { Webhook, WebhookEventType } from '@advocate/domain';
import { eventSequence, maxWebhooks } from '@advocate/domain';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DeliveryPlace, WebhookDelivery, WebhookEvent, WebhookStore } from './webhook-store.ts';

export interface WebhookStoreUnderTest extends AsyncDisposable {
  readonly store: WebhookStore;
  /** The same data as another process sees it. */
  readonly peer: WebhookStore;
}

const timeout = 60_000;

function buildWebhook(webhook: Partial<Webhook> = {}): Webhook {
  return {
    id: 'hook-1',
    tenant: 'acme',
    url: 'https://example.com/hook?a=1',
    eventTypes: [],
    secret: 'a secret: "ü"',
    dateCreated: 5,
    ...webhook,
  };
}

function buildEvent(type: WebhookEventType, jobId = 'job-1', date = 100): WebhookEvent {
  return { id: `${jobId}/${type}`, jobId, type, sequence: eventSequence(type), date, content: Buffer.from(`${jobId} ${type} at ${date}`) };
}

const idsOf = (deliveries: readonly WebhookDelivery[]): string[] => deliveries.map(({ event }) => event.id);

/** The promises of {@link WebhookStore}. `create` answers an empty store. */
export function webhookStoreContract(name: string, create: () => Promise<WebhookStoreUnderTest>): void {
  describe(`${name} as a webhook store`, { timeout }, () => {
    const open = async () => {
      const opened = await create();
      onTestFinished(() => opened[Symbol.asyncDispose]());
      return opened;
    };

    /** A store with a webhook that is owed events. */
    const openOwing = async (...events: readonly WebhookEvent[]) => {
      const opened = await open();
      const webhook = buildWebhook();
      await opened.store.create(webhook);
      for (const event of events) await opened.store.owe('acme', event);
      return { ...opened, webhook };
    };

    describe('webhooks', () => {
      test('keeps a webhook as it was created, for its own tenant', async () => {
        const { store, peer } = await open();
        const webhook = buildWebhook({ eventTypes: ['COMPLETED', 'ABORTED'] });
        expect(await store.create(webhook)).toBe(true);
        expect(await peer.get('acme', 'hook-1')).toEqual(webhook);
        expect(await peer.list('acme')).toEqual([webhook]);
        expect(await peer.get('acme', 'hook')).toBeUndefined();
        expect(await peer.get('other', 'hook-1')).toBeUndefined();
        expect(await peer.list('other')).toEqual([]);
        expect(await peer.list('acm')).toEqual([]);
      });

      test('lists them oldest first, by date and then by id', async () => {
        const { store, peer } = await open();
        for (const [id, dateCreated] of Object.entries({ c: 20, a: 30, d: 10, b: 20 }))
          await store.create(buildWebhook({ id, dateCreated }));
        expect((await peer.list('acme')).map(({ id }) => id)).toEqual(['d', 'b', 'c', 'a']);
      });

      test(`takes ${maxWebhooks} of a tenant, also when they come at the same time, and another in place of a removed one`, async () => {
        const { store, peer } = await open();
        const ids = Array.from({ length: maxWebhooks + 4 }, (_, index) => `hook-${index}`);
        const taken = await Promise.all(ids.map((id, index) => (index % 2 === 0 ? store : peer).create(buildWebhook({ id }))));
        expect(taken.filter(Boolean)).toHaveLength(maxWebhooks);
        const listed = await peer.list('acme');
        expect(new Set(listed.map(({ id }) => id)).size).toBe(maxWebhooks);
        expect(await peer.create(buildWebhook({ id: 'one more' }))).toBe(false);
        expect(await peer.create(buildWebhook({ id: 'hers', tenant: 'other' }))).toBe(true);
        expect(await store.remove('acme', listed[3]!.id)).toBe(true);
        expect(await peer.create(buildWebhook({ id: 'one more' }))).toBe(true);
      });

      test('removes a webhook with its deliveries, and no other', async () => {
        const { store, peer, webhook } = await openOwing();
        const other = buildWebhook({ id: 'hook-2' });
        await store.create(other);
        await store.owe('acme', buildEvent('CREATED'));
        expect(await peer.remove('other', 'hook-1')).toBe(false);
        expect(await peer.remove('acme', 'hook-1')).toBe(true);
        expect(await peer.remove('acme', 'hook-1')).toBe(false);
        expect(await store.list('acme')).toEqual([other]);
        expect(await store.due(1000)).toEqual([other]);
        expect(await store.take(webhook, 1000, 2000, 10)).toEqual([]);
        await store.create(webhook);
        expect(await store.deliveries('acme', 'hook-1', 10)).toEqual([]);
        expect(await store.deliveries('acme', 'hook-2', 10)).toHaveLength(1);
      });
    });

    describe('deliveries', () => {
      test('owes an event to those webhooks of the tenant that want it, from its date on', async () => {
        const { store, peer } = await open();
        const [all, ends, hers] = [
          buildWebhook({ id: 'all' }),
          buildWebhook({ id: 'ends', eventTypes: ['COMPLETED'] }),
          buildWebhook({ id: 'hers', tenant: 'other' }),
        ];
        for (const webhook of [all, ends, hers]) await store.create(webhook);
        await store.owe('acme', buildEvent('CREATED'));
        await store.owe('acme', buildEvent('COMPLETED', 'job-2', 200));
        expect(await peer.due(99)).toEqual([]);
        expect(await peer.due(100)).toEqual([all]);
        expect(new Set((await peer.due(200)).map(({ id }) => id))).toEqual(new Set(['all', 'ends']));
        expect(idsOf(await peer.deliveries('acme', 'all', 10))).toEqual(['job-2/COMPLETED', 'job-1/CREATED']);
        expect(idsOf(await peer.deliveries('acme', 'ends', 10))).toEqual(['job-2/COMPLETED']);
        expect(await peer.deliveries('other', 'hers', 10)).toEqual([]);
        expect(await peer.deliveries('other', 'all', 10)).toEqual([]);
      });

      test('keeps the delivery that it has of an event, whatever became of it', async () => {
        const { store, peer, webhook } = await openOwing(buildEvent('CREATED'));
        await Promise.all([store, peer, store, peer].map((writer) => writer.owe('acme', buildEvent('CREATED', 'job-1', 150))));
        const [taken, ...others] = await store.take(webhook, 200, 300, 10);
        expect(others).toEqual([]);
        expect(Buffer.from(taken!.event.content).toString()).toBe('job-1 CREATED at 100');
        await store.settle(webhook, taken!, { state: 'DELIVERED' }, 210);
        await peer.owe('acme', buildEvent('CREATED'));
        expect(await peer.deliveries('acme', 'hook-1', 10)).toMatchObject([{ state: 'DELIVERED', attempts: 1, event: { date: 100 } }]);
      });

      test('gives a delivery to one taker until its time is over, and counts the tries', async () => {
        const { store, peer, webhook } = await openOwing(buildEvent('CREATED'));
        const taken = await Promise.all([store, peer, store, peer].map((taker) => taker.take(webhook, 100, 500, 10)));
        expect(taken.flat()).toMatchObject([{ state: 'OWED', attempts: 1, nextAttempt: 500, lastError: '' }]);
        expect(await peer.due(499)).toEqual([]);
        expect(await peer.take(webhook, 499, 900, 10)).toEqual([]);
        expect(await peer.due(500)).toEqual([webhook]);
        expect(await peer.take(webhook, 500, 900, 10)).toMatchObject([{ attempts: 2, nextAttempt: 900 }]);
      });

      test('takes at most what was asked for, those first that have waited for the longest', async () => {
        const dates: Record<string, number> = { a: 30, b: 10, c: 20, d: 10 };
        const { store, peer, webhook } = await openOwing(...Object.entries(dates).map(([job, date]) => buildEvent('COMPLETED', job, date)));
        expect(idsOf(await store.take(webhook, 100, 500, 2)).sort()).toEqual(['b/COMPLETED', 'd/COMPLETED']);
        expect(idsOf(await peer.take(webhook, 100, 500, 1))).toEqual(['c/COMPLETED']);
        expect(idsOf(await store.take(webhook, 100, 500, 2))).toEqual(['a/COMPLETED']);
        expect(idsOf(await peer.take(webhook, 100, 500, 2))).toEqual([]);
      });

      test("gives a job's events out in their order, one after the other, whatever their dates say, and does not call them due meanwhile", async () => {
        const { store, peer, webhook } = await openOwing(
          buildEvent('COMPLETED', 'job-1', 90),
          buildEvent('CREATED'),
          buildEvent('STARTED'),
          buildEvent('STARTED', 'job-2'),
        );
        const order: string[] = [];
        const takeAll = async (): Promise<WebhookDelivery[]> => {
          const all: WebhookDelivery[] = [];
          for (let round = 0; round < 4; round += 1)
            all.push(...(await (round % 2 === 0 ? store : peer).take(webhook, 200 + round, 500, 10)));
          return all;
        };
        expect(idsOf(await takeAll()).sort()).toEqual(['job-1/CREATED', 'job-2/STARTED']);
        expect(await peer.due(300)).toEqual([]);
        let [inHand] = (await peer.take(webhook, 500, 600, 10)).filter(({ event }) => event.jobId === 'job-1');
        while (inHand !== undefined) {
          order.push(inHand.event.id);
          await store.settle(webhook, inHand, { state: 'DELIVERED' }, 510);
          const next = await peer.take(webhook, 510, 600, 10);
          expect(next.length).toBeLessThan(2);
          [inHand] = next;
        }
        expect(order).toEqual(['job-1/CREATED', 'job-1/STARTED', 'job-1/COMPLETED']);
      });

      test('what failed is tried again at its time, and holds up the later events of its job only', async () => {
        const { store, peer, webhook } = await openOwing(
          buildEvent('CREATED'),
          buildEvent('COMPLETED'),
          buildEvent('CREATED', 'job-2', 110),
        );
        const [first] = await store.take(webhook, 105, 500, 1);
        await store.settle(webhook, first!, { state: 'OWED', lastError: 'HTTP 500', nextAttempt: 5000 }, 108);
        const seen = await peer.deliveries('acme', 'hook-1', 10);
        expect(seen.find(({ event }) => event.id === 'job-1/CREATED')).toMatchObject({
          ...{ state: 'OWED', attempts: 1, nextAttempt: 5000, lastError: 'HTTP 500' },
        });
        const others = [...(await peer.take(webhook, 120, 500, 10)), ...(await peer.take(webhook, 120, 500, 10))];
        expect(idsOf(others)).toEqual(['job-2/CREATED']);
        await store.settle(webhook, others[0]!, { state: 'DELIVERED' }, 130);
        expect(await peer.due(4999)).toEqual([]);
        const again = await peer.take(webhook, 5000, 6000, 10);
        expect(again).toMatchObject([{ event: { id: 'job-1/CREATED' }, attempts: 2, lastError: 'HTTP 500' }]);
        await peer.settle(webhook, again[0]!, { state: 'FAILED', lastError: 'HTTP 501' }, 5100);
        expect(await store.due(5100)).toEqual([webhook]);
        expect(idsOf(await store.take(webhook, 5100, 6000, 10))).toEqual(['job-1/COMPLETED']);
        expect((await store.deliveries('acme', 'hook-1', 10)).at(-1)).toEqual({
          ...{ event: expect.objectContaining({ id: 'job-1/COMPLETED' }), state: 'OWED', attempts: 1, nextAttempt: 6000, lastError: '' },
        });
        const failed = (await store.deliveries('acme', 'hook-1', 10)).find(({ event }) => event.id === 'job-1/CREATED');
        expect(failed).toEqual({ event: expect.anything(), state: 'FAILED', attempts: 2, lastError: 'HTTP 501' });
      });

      test('does not listen to a taker whose time was over when somebody else took the delivery', async () => {
        const { store, peer, webhook } = await openOwing(buildEvent('CREATED'));
        const [late] = await store.take(webhook, 100, 200, 1);
        const [taken] = await peer.take(webhook, 200, 300, 1);
        await store.settle(webhook, late!, { state: 'FAILED', lastError: 'late' }, 210);
        expect(await store.deliveries('acme', 'hook-1', 1)).toMatchObject([{ state: 'OWED', attempts: 2 }]);
        await peer.settle(webhook, taken!, { state: 'DELIVERED' }, 220);
        await peer.settle(webhook, taken!, { state: 'FAILED', lastError: 'again' }, 230);
        expect(await store.deliveries('acme', 'hook-1', 1)).toMatchObject([{ state: 'DELIVERED', lastError: '' }]);
      });

      test('lists deliveries newest first, by date and then by id, page by page', async () => {
        const dates: Record<string, number> = { c: 10, a: 30, d: 20, b: 20, e: 5 };
        const { peer } = await openOwing(...Object.entries(dates).map(([job, date]) => buildEvent('ABORTED', job, date)));
        const jobs = async (limit: number, after?: DeliveryPlace) =>
          (await peer.deliveries('acme', 'hook-1', limit, after)).map(({ event }) => event.jobId);
        expect(await jobs(10)).toEqual(['a', 'd', 'b', 'c', 'e']);
        expect(await jobs(2)).toEqual(['a', 'd']);
        expect(await jobs(2, { date: 20, eventId: 'd/ABORTED' })).toEqual(['b', 'c']);
        expect(await jobs(2, { date: 10, eventId: 'c/ABORTED' })).toEqual(['e']);
        expect(await jobs(2, { date: 5, eventId: 'e/ABORTED' })).toEqual([]);
      });

      test('replays deliveries from a date on, or the failed ones only, as if never tried', async () => {
        const { store, peer, webhook } = await openOwing(...['a', 'b', 'c'].map((job, index) => buildEvent('COMPLETED', job, 100 + index)));
        for (const delivery of await store.take(webhook, 200, 300, 10)) {
          const failed = delivery.event.jobId === 'c' ? undefined : 'HTTP 404';
          await store.settle(
            webhook,
            delivery,
            failed === undefined ? { state: 'DELIVERED' } : { state: 'FAILED', lastError: failed },
            210,
          );
        }
        expect(await peer.due(9000)).toEqual([]);
        expect(await peer.replay('acme', 'hook-1', { dateFrom: 101, failedOnly: true }, 1000)).toBe(1);
        expect(await peer.due(999)).toEqual([]);
        expect(await store.take(webhook, 1000, 2000, 10)).toMatchObject([{ event: { jobId: 'b' }, attempts: 1, lastError: '' }]);
        expect(await peer.replay('acme', 'hook-1', { dateFrom: 102, failedOnly: false }, 1000)).toBe(1);
        expect(await peer.replay('other', 'hook-1', { dateFrom: 0, failedOnly: false }, 1000)).toBe(0);
        expect(await peer.replay('acme', 'hook-2', { dateFrom: 0, failedOnly: false }, 1000)).toBe(0);
        expect(idsOf(await store.take(webhook, 1000, 2000, 10))).toEqual(['c/COMPLETED']);
        expect(await peer.replay('acme', 'hook-1', { dateFrom: 0, failedOnly: false }, 1001)).toBe(3);
        expect(idsOf(await store.take(webhook, 1001, 2000, 10)).sort()).toEqual(['a/COMPLETED', 'b/COMPLETED', 'c/COMPLETED']);
      });

      test('removes what is settled and older than a time, and keeps what is owed', async () => {
        const { store, peer, webhook } = await openOwing(buildEvent('CREATED'), buildEvent('STARTED'), buildEvent('CREATED', 'job-2', 200));
        const [first] = await store.take(webhook, 100, 300, 1);
        await store.settle(webhook, first!, { state: 'DELIVERED' }, 110);
        await store.removeDeliveriesBefore(100);
        expect(await peer.deliveries('acme', 'hook-1', 10)).toHaveLength(3);
        await store.removeDeliveriesBefore(201);
        expect(idsOf(await peer.deliveries('acme', 'hook-1', 10))).toEqual(['job-2/CREATED', 'job-1/STARTED']);
      });
    });
  });
}
