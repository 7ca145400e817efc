import { isMailAddress, requireSendable, type Mailer } from '@advocate/ports';
import { createTransport } from 'nodemailer';

export interface SmtpMailerOptions {
  /** `smtp://user:password@host:port`, or `smtps:` for TLS from the first byte; `smtp:` takes TLS where the server offers it. */
  readonly url: string;
  /** An address, or `Name <address>`; Message-IDs have its domain. */
  readonly from: string;
}

/** A mailer that hands each mail to an SMTP server, over a connection of its own. */
export function openSmtpMailer({ url, from }: SmtpMailerOptions): Mailer {
  const sender = readSender(from);
  const domain = sender.address.slice(sender.address.indexOf('@') + 1);
  const transport = createTransport({ url, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 });
  return {
    async send(mail) {
      requireSendable(mail);
      await transport.sendMail({
        from: sender,
        to: mail.to,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        messageId: `<${mail.id}@${domain}>`,
        date: new Date(mail.date),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    },
  };
}

function readSender(from: string): { readonly name: string; readonly address: string } {
  const [, name = '', address = from] = /^([^\p{Cc}<>]*)<([^<>]*)>$/u.exec(from) ?? [];
  if (!isMailAddress(address)) throw new TypeError(`${JSON.stringify(from)} is no sender; it takes an address, or a name and <an address>`);
  return { name: name.trim(), address };
}
