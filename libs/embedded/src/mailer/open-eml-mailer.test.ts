import { mailerContract } from '@advocate/ports/contracts';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openEmlMailer } from './open-eml-mailer.ts';

async function emlFiles(dir: string): Promise<string[]> {
  return (await readdir(dir)).filter((name) => name.endsWith('.eml')).toSorted();
}

mailerContract('a folder of .eml files', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'mail-'));
  return {
    mailer: await openEmlMailer(dir),
    received: async () => Promise.all((await emlFiles(dir)).map((name) => readFile(join(dir, name), 'utf8'))),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true }),
  };
});

test('a mail that is sent again replaces its file, and the same mail is the same bytes', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'mail-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const mailer = await openEmlMailer(dir);
  const mail = { id: 'job-7', to: 'ann@example.com', subject: 'Grüße', text: 'Hello', date: 0 };
  await mailer.send(mail);
  const first = await readFile(join(dir, 'job-7.eml'));
  await mailer.send({ ...mail, text: 'Changed' });
  expect(await readFile(join(dir, 'job-7.eml'), 'utf8')).toContain('Changed');
  await mailer.send(mail);
  expect(await emlFiles(dir)).toEqual(['job-7.eml']);
  expect(first.equals(await readFile(join(dir, 'job-7.eml')))).toBe(true);
});
