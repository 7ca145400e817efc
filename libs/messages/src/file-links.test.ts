import { noOutcomes } from '@advocate/domain';
import { buildJob } from '@advocate/testing';
import { describe, expect, test } from 'vitest';
import type { LinkedFile } from './file-links.ts';
import { FileLinks } from './file-links.ts';

const secret = 'a secret for tests';
const links = new FileLinks(secret, 'https://bulk.example.com');
const file: LinkedFile = { tenant: 'acme', jobId: '0123456789abcdef01234567', kind: 'errors', expires: 1_767_225_600_000 };

describe('a signed link', () => {
  test('says what it was signed for, in letters that a path may have', () => {
    const token = links.sign(file);
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(links.read(token)).toEqual(file);
    expect(new FileLinks(secret, 'https://elsewhere.example.com').read(token)).toEqual(file);
  });

  test('is another one for each tenant, job, file and time', () => {
    const others: LinkedFile[] = [
      { ...file, tenant: 'other' },
      { ...file, jobId: '0123456789abcdef01234568' },
      { ...file, kind: 'source' },
      { ...file, expires: file.expires + 1 },
    ];
    expect(new Set([file, ...others].map((one) => links.sign(one))).size).toBe(5);
  });

  test('is forged when any letter of it was changed, added or left out', () => {
    const token = links.sign(file);
    for (let at = 0; at < token.length; at += 1) {
      const changed = token[at] === 'A' ? 'B' : 'A';
      expect(links.read(token.slice(0, at) + changed + token.slice(at + 1)), `letter ${at}`).toBeUndefined();
      expect(links.read(token.slice(0, at) + token.slice(at + 1)), `without letter ${at}`).toBeUndefined();
    }
    for (const other of [`${token}A`, `${token}=`, `${token}.`, ` ${token}`, token.slice(0, -4), 'A'.repeat(43), 'A', '']) {
      expect(links.read(other), other).toBeUndefined();
    }
  });

  test('is forged when it was signed with another secret', () => {
    expect(links.read(new FileLinks('another secret', 'https://bulk.example.com').sign(file))).toBeUndefined();
  });
});

describe('the links of a job', () => {
  const dateExpires = file.expires;
  const kindsOf = (job: Parameters<typeof buildJob>[0]) => Object.keys(links.ofJob(buildJob(job)));

  test('are those to the files that it has', () => {
    expect(kindsOf({})).toEqual([]);
    expect(kindsOf({ dateExpires, counts: noOutcomes })).toEqual(['source']);
    expect(kindsOf({ dateExpires, counts: { ...noOutcomes, created: 1 } })).toEqual(['results', 'source']);
    expect(kindsOf({ dateExpires, counts: { ...noOutcomes, failed: 1 } })).toEqual(['errors', 'failedRows', 'source']);
    expect(kindsOf({ dateExpires, counts: { ...noOutcomes, deleted: 1, failed: 1 } })).toEqual([
      'results',
      'errors',
      'failedRows',
      'source',
    ]);
  });

  test('do not lead to an upload that is gone in all likelihood', () => {
    expect(kindsOf({ dateExpires, status: 'ABORTED', counts: { ...noOutcomes, created: 1, failed: 1 } })).toEqual(['results', 'errors']);
  });

  test('lead to the console, and are good until its files expire', () => {
    const { source = '' } = links.ofJob(buildJob({ dateExpires }));
    const [, token = ''] = /^https:\/\/bulk\.example\.com\/files\/(.*)$/.exec(source) ?? [];
    expect(links.read(token)).toEqual({ tenant: 'acme', jobId: 'job-1', kind: 'source', expires: dateExpires });
  });
});
