import { describe, expect, onTestFinished, test } from 'vitest';
import type { Mail, Mailer } from './mailer.ts';

export interface MailerUnderTest extends AsyncDisposable {
  readonly mailer: Mailer;
  /** The mails that went out so far, as RFC 5322 text. */
  received(): Promise<readonly string[]>;
}

const mail: Mail = {
  id: 'job-7.completed',
  to: 'ann@example.com',
  subject: 'Your import is complete',
  text: 'All 3 rows were applied.\n',
  date: Date.UTC(2031, 1, 3, 4, 5, 6),
};

/** The promises of {@link Mailer}. `create` answers one that has sent nothing. */
export function mailerContract(name: string, create: () => Promise<MailerUnderTest>): void {
  describe(`${name} as a mailer`, { timeout: 60_000 }, () => {
    const open = async () => {
      const opened = await create();
      onTestFinished(() => opened[Symbol.asyncDispose]());
      const received = async () => (await opened.received()).map(parseMail);
      return { mailer: opened.mailer, received };
    };

    test('sends a mail to its address, with its subject, text, date and Message-ID', async () => {
      const { mailer, received } = await open();
      await mailer.send(mail);
      const [sent, ...others] = await received();
      expect(others).toEqual([]);
      expect(sent).toMatchObject({ to: ['ann@example.com'], subject: ['Your import is complete'], text: 'All 3 rows were applied.\n' });
      expect(sent?.['message-id']?.[0]).toMatch(/^<job-7\.completed@[^\s<>@]+>$/);
      expect(Date.parse(sent?.date?.[0] ?? '')).toBe(mail.date);
      expect(sent?.from).toHaveLength(1);
    });

    test('sends a mail with a document as both, the text first', async () => {
      const { mailer, received } = await open();
      const html = `<!doctype html>\n<p style="color:#333">Größe &amp; 完了 =3D 🎉</p>\n.\n<p>${'long '.repeat(400)}</p>\n`;
      await mailer.send({ ...mail, html });
      const [sent] = await received();
      expect(sent).toMatchObject({ to: ['ann@example.com'], subject: ['Your import is complete'], text: mail.text, html });
      expect(sent?.['content-type']?.[0]).toMatch(/^multipart\/alternative;/);
    });

    test('keeps letters of all languages, long lines and leading dots', async () => {
      const { mailer, received } = await open();
      const subject = 'Import „Größe“ 完了 🎉 '.repeat(8).trim();
      const text = `Größe 完了 🎉\n.\n..dots\n${'long '.repeat(400)}\nFrom here on\n`;
      await mailer.send({ ...mail, subject, text });
      expect(await received()).toMatchObject([{ subject: [subject], text }]);
    });

    test('sends the same id again under the same Message-ID', async () => {
      const { mailer, received } = await open();
      for (let times = 0; times < 3; times++) await mailer.send(mail);
      await mailer.send({ ...mail, id: 'other' });
      const ids = new Set((await received()).map((sent) => sent['message-id']?.[0]?.split('@')[0]));
      expect(ids).toEqual(new Set(['<job-7.completed', '<other']));
    });

    test.for([
      { ...mail, to: 'ann@example.com\r\nBcc: eve@example.com' },
      { ...mail, to: 'ann@example.com\nBcc: eve@example.com' },
      { ...mail, to: 'ann@example.com\rBcc: eve@example.com' },
      { ...mail, to: 'ann@example.com, eve@example.com' },
      { ...mail, to: 'ann@example.com;eve@example.com' },
      { ...mail, to: 'ann@example.com <eve@example.com>' },
      { ...mail, to: 'team:eve@example.com;' },
      { ...mail, subject: 'Done\r\nBcc: eve@example.com' },
      { ...mail, subject: 'Done\nBcc: eve@example.com' },
      { ...mail, subject: 'Done\rBcc: eve@example.com' },
      { ...mail, subject: 'Done\r\n\r\nBcc: eve@example.com' },
      { ...mail, subject: 'Döne\r\n Bcc: eve@example.com\r\nBcc: eve@example.com' },
    ])('adds neither headers nor recipients by $to, $subject', async (injection) => {
      const { mailer, received } = await open();
      const html = '<p>All 3 rows were applied.</p>\n';
      await mailer.send({ ...mail, html, id: 'plain' });
      const harmless = Object.keys((await received())[0]!).toSorted();
      await mailer.send({ ...injection, html }).catch(() => {});
      for (const sent of await received()) {
        const { text, to } = sent;
        expect({ headers: Object.keys(sent).toSorted(), text, html: sent.html, to }).toEqual({
          headers: harmless,
          text: mail.text,
          html,
          to: [mail.to],
        });
      }
    });

    test('sends a mail whose subject has line breaks all the same', async () => {
      const { mailer, received } = await open();
      await mailer.send({ ...mail, subject: 'Done\r\nBcc: eve@example.com' });
      expect((await received())[0]?.subject?.[0]).toMatch(/^Done\s+Bcc: eve@example\.com$/);
    });

    test.for(['', 'a b', '../a', 'a/b', 'a\r\n', '<a>', 'a@b', 'ä'])('refuses the id %j', async (id) => {
      const { mailer, received } = await open();
      await expect(mailer.send({ ...mail, id })).rejects.toThrow();
      expect(await received()).toEqual([]);
    });

    test.for(['', 'ann', '@example.com', 'ann@', 'ann@@example.com', 'an n@example.com'])('refuses the address %j', async (to) => {
      const { mailer, received } = await open();
      await expect(mailer.send({ ...mail, to })).rejects.toThrow();
      expect(await received()).toEqual([]);
    });
  });
}

/** The headers by lower-case name, each with all its values, and what the mail says. */
type ParsedMail = Record<string, string[]> & { text: string; html?: string };

/** Parses a mail that is a text, or a text and a document. */
function parseMail(source: string): ParsedMail {
  const whole = parsePart(source);
  const [, boundary] = /^multipart\/alternative; boundary="([^"]+)"/.exec(whole['content-type']?.[0] ?? '') ?? [];
  if (boundary === undefined) return whole;
  const [, ...parts] = source.split(`\r\n--${boundary}`);
  expect(parts.pop()).toMatch(/^--\r\n/);
  const [text, html, ...others] = parts.map((part) => parsePart(part.replace(/^\r\n/, '')));
  expect(others).toEqual([]);
  expect([text, html].map((part) => part?.['content-type'])).toEqual([['text/plain; charset=utf-8'], ['text/html; charset=utf-8']]);
  return { ...whole, text: text?.text, html: html?.text } as ParsedMail;
}

function parsePart(source: string): ParsedMail {
  const end = source.indexOf('\r\n\r\n');
  const headers: Record<string, string[]> = {};
  const lines = source
    .slice(0, end)
    .replace(/\r\n(?=[ \t])/g, '')
    .split(/\r\n|\r|\n/);
  for (const line of lines) {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? ['', line, ''];
    (headers[name.toLowerCase()] ??= []).push(decodeWords(value));
  }
  const body = decode(headers['content-transfer-encoding']?.[0] ?? '7bit', source.slice(end + 4));
  return { ...headers, text: body.replaceAll('\r\n', '\n') } as ParsedMail;
}

/** Decodes the encoded words of RFC 2047; white space between two of them is no part of the text. */
function decodeWords(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?(.*?)\?=/gi, (_, encoding: string, word: string) =>
      encoding.toUpperCase() === 'B' ? decode('base64', word) : decode('quoted-printable', word.replaceAll('_', ' ')),
    );
}

function decode(encoding: string, text: string): string {
  switch (encoding) {
    case 'base64':
      return Buffer.from(text, 'base64').toString();
    case 'quoted-printable': {
      const bytes = text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
      return Buffer.from(bytes, 'latin1').toString();
    }
    default:
      return text;
  }
}
