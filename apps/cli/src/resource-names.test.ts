import { expect, test } from 'vitest';
import { accountName, jobName, participantName, webhookName } from './resource-names.ts';

const id = '0123456789abcdef01234567';

test('a job is given by its id or its resource name, and a tenant in the name wins', () => {
  expect(jobName('acme', id)).toBe(`tenants/acme/importJobs/${id}`);
  expect(jobName('acme', id.toUpperCase())).toBe(`tenants/acme/importJobs/${id}`);
  expect(jobName('acme', `tenants/other/importJobs/${id}`)).toBe(`tenants/other/importJobs/${id}`);
});

test.each(['', 'x', id.slice(1), `${id}0`, `importJobs/${id}`, `tenants/a/b/importJobs/${id}`])('%j names no job', (job) => {
  expect(() => jobName('acme', job)).toThrow('names no job');
});

test('a webhook is given alike', () => {
  expect(webhookName('acme', id)).toBe(`tenants/acme/webhooks/${id}`);
  expect(webhookName('acme', `tenants/other/webhooks/${id}`)).toBe(`tenants/other/webhooks/${id}`);
  expect(() => webhookName('acme', `tenants/other/importJobs/${id}`)).toThrow(
    `names no webhook: a webhook is given by its id of 24 hex digits, or as tenants/TENANT/webhooks/ID.`,
  );
});

test('ids are escaped', () => {
  expect(accountName('t', 'a/b c')).toBe('tenants/t/accounts/a%2Fb%20c');
  expect(participantName('t', 'a', 'x@example.com/1')).toBe('tenants/t/accounts/a/participants/x%40example.com%2F1');
});
