export { openSmtpMailer, type SmtpMailerOptions } from './smtp-mailer.ts';
