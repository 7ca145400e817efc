/** Sends mail. Whatever `to` and `subject` hold, they add neither headers nor recipients: such a mail is refused or goes out harmless. */
export interface Mailer {
  /**
   * Resolves once the mail is handed over for good. The same id sent again replaces, or repeats, the mail under the same Message-ID. Throws
   * on an id or an address that is none.
   */
  send(mail: Mail): Promise<void>;
}

export interface Mail {
  /** Letters, digits, `-` and `.`; becomes the local part of the Message-ID. */
  readonly id: string;
  /** One address. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same as a document, for readers who can show it; the text alone is sent when it is absent. */
  readonly html?: string;
  /** Epoch milliseconds. */
  readonly date: number;
}

/** Whether a text is one address, which gives a mail library nothing to make a list of. */
export const isMailAddress = (text: string): boolean => /^[^\s\p{Cc},;:<>()"@]+@[^\s\p{Cc},;:<>()"@]+$/u.test(text);

/** Throws on an id or an address that a {@link Mailer} does not take. */
export function requireSendable({ id, to }: Mail): void {
  if (!/^[A-Za-z0-9.-]+$/.test(id)) throw new TypeError(`${JSON.stringify(id)} is no mail id; it takes letters, digits, "-" and "."`);
  if (!isMailAddress(to)) throw new TypeError('The mail has no single address to go to');
}
