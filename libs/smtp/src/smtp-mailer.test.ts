import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { mailerContract } from '@advocate/ports/contracts';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, test } from 'vitest';
import { openSmtpMailer } from './smtp-mailer.ts';

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
}

/** A mail server that keeps what it gets. */
async function startServer(
  options: SMTPServerOptions = {},
): Promise<AsyncDisposable & { readonly port: number; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    ...options,
    onData(stream, { envelope }, answer) {
      text(stream).then((source) => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        received.push({ from, to: envelope.rcptTo.map(({ address }) => address), source });
        answer();
      }, answer);
    },
  });
  // A client that does not trust its certificate hangs up.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(resolve)),
  };
}

const from = 'Advocate Bulk <imports@example.net>';
const mail = { id: 'job-7', to: 'ann@example.com', subject: 'Grüße', text: 'Hello', date: 0 };

mailerContract('SMTP', async () => {
  const server = await startServer({ disabledCommands: ['STARTTLS'] });
  return {
    mailer: openSmtpMailer({ url: `smtp://127.0.0.1:${server.port}`, from }),
    received: async () => server.received.map(({ source }) => source),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

test('a mail goes to its one recipient, from the sender, with a Message-ID of the sender’s domain', async () => {
  await using server = await startServer({ disabledCommands: ['STARTTLS'] });
  await openSmtpMailer({ url: `smtp://127.0.0.1:${server.port}`, from }).send(mail);
  expect(server.received).toMatchObject([{ from: 'imports@example.net', to: ['ann@example.com'] }]);
  expect(server.received[0]?.source).toContain('Message-ID: <job-7@example.net>\r\n');
  expect(server.received[0]?.source).toContain('From: Advocate Bulk <imports@example.net>\r\n');
});

test('user and password of the URL are shown to the server', async () => {
  const shown: unknown[] = [];
  await using server = await startServer({
    disabledCommands: ['STARTTLS'],
    authOptional: false,
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, answer) {
      shown.push({ username, password });
      answer(null, { user: username });
    },
  });
  await openSmtpMailer({ url: `smtp://ann%40example.net:p%2Fw@127.0.0.1:${server.port}`, from }).send(mail);
  expect(shown).toEqual([{ username: 'ann@example.net', password: 'p/w' }]);
  expect(server.received).toHaveLength(1);
});

test('a mail that the server refuses is an error', async () => {
  await using server = await startServer({
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, answer) => answer(new Error('no such mailbox')),
  });
  await expect(openSmtpMailer({ url: `smtp://127.0.0.1:${server.port}`, from }).send(mail)).rejects.toThrow('no such mailbox');
  expect(server.received).toEqual([]);
});

test('a mail is an error when no server is there, or one whose certificate is not to be trusted', async () => {
  const mailerOf = ({ port }: { port: number }) => openSmtpMailer({ url: `smtp://127.0.0.1:${port}`, from });
  let gone: { port: number };
  {
    await using server = await startServer();
    await expect(mailerOf(server).send(mail)).rejects.toThrow(/certificate/);
    expect(server.received).toEqual([]);
    gone = server;
  }
  await expect(mailerOf(gone).send(mail)).rejects.toThrow('ECONNREFUSED');
});

test('a sender’s name may have any letters', async () => {
  await using server = await startServer({ disabledCommands: ['STARTTLS'] });
  const sender = 'Advocate, Inc.: "Bulk" <imports@example.net>';
  await openSmtpMailer({ url: `smtp://127.0.0.1:${server.port}`, from: sender }).send(mail);
  expect(server.received[0]?.source).toContain('From: "Advocate, Inc.: \\"Bulk\\"" <imports@example.net>\r\n');
});

test.each([
  '',
  'imports',
  'imports@',
  'a@example.net, b@example.net',
  'Advocate Bulk <imports@example.net',
  'a@example.net\r\nBcc: eve@example.com',
])('the sender %j is refused', (sender) => {
  expect(() => openSmtpMailer({ url: 'smtp://127.0.0.1', from: sender })).toThrow('is no sender');
});
