import { createHmac } from 'node:crypto';

/** What `Advocate-Signature` says of a body that is sent at a time, epoch milliseconds: that time in seconds, and the HMAC-SHA256 of `{seconds}.{body}` in hex. */
export function signatureOf(secret: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
