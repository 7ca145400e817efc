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
  /** Epoch milliseconds. */
  readonly date: number;
}
