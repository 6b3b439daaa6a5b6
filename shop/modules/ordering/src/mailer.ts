/** An e-mail in plain text. Subject and text are what people read: encoding them is the mailer's work. */
export interface Mail {
  /** The same for every attempt to send this mail, and for no other mail anywhere: what its Message-ID is made of. */
  readonly id: string;
  /** An e-mail address as its owner wrote it. */
  readonly to: string;
  readonly subject: string;
  /** Lines end with LF. */
  readonly text: string;
}

/** The port by which mail leaves the shop. */
export interface Mailer {
  /**
   * Takes a mail over for good, or rejects so that it is tried again. One that was taken over before may come again
   * and must not reach its reader twice, as far as the other side can see to that.
   * `undeliverable`: no mail can be sent to this address, now or later.
   */
  send(mail: Mail, signal: AbortSignal): Promise<"sent" | "undeliverable">;
}
