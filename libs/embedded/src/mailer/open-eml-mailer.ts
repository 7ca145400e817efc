import { createHash } from 'node:crypto';
import { requireSendable, type Mailer } from '@advocate/ports';
import type { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { openFolderFileStore } from '../file-store/open-folder-file-store.ts';

const sender = 'Advocate Bulk <noreply@advocate-bulk.invalid>';

/** A mailer that writes each mail to `<id>.eml` in a folder, which is created if need be. A mail sent again replaces its file. */
export async function openEmlMailer(dir: string): Promise<Mailer> {
  const files = await openFolderFileStore(dir);
  const composer = createTransport({ streamTransport: true, newline: 'windows' });
  return {
    async send(mail) {
      requireSendable(mail);
      const { message } = await composer.sendMail({
        from: sender,
        to: mail.to,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        // By chance otherwise, and the same mail other bytes each time.
        baseBoundary: createHash('sha256').update(JSON.stringify(mail)).digest('hex').slice(0, 32),
        messageId: `<${mail.id}@advocate-bulk.invalid>`,
        date: new Date(mail.date),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      // A buffer only comes when asked for.
      await files.write(`${mail.id}.eml`, message as Readable);
    },
  };
}
