/** Sends mail. */
export interface Mailer {
  /** Resolves once the mail is handed over for good. The same id sent again replaces, or repeats, the mail under the same Message-ID. */
  send(mail: Mail): Promise<void>;
}

export interface Mail {
  /** Letters, digits, `-` and `.`; becomes the local part of the Message-ID. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly date: number;
}
