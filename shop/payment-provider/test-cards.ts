/** How the provider treats a card. */
export interface CardBehaviour {
  readonly declineReason: string | null;
  /** Takes its time before it does anything. */
  readonly isSlow: boolean;
  /** Captures, and then leaves the client that asked first without an answer. */
  readonly losesAnswer: boolean;
  /** Each notice is sent twice, at the same time. */
  readonly repeatsNotices: boolean;
  /** The settlement is told before the capture. */
  readonly reversesNotices: boolean;
}

const accepted: CardBehaviour = {
  declineReason: null,
  isSlow: false,
  losesAnswer: false,
  repeatsNotices: false,
  reversesNotices: false,
};

/** The cards there are, by token. The same card always does the same. */
export const TEST_CARDS: Readonly<Record<string, CardBehaviour>> = {
  card_success: accepted,
  card_declined: { ...accepted, declineReason: "insufficient_funds" },
  card_slow: { ...accepted, isSlow: true },
  card_timeout_after_capture: { ...accepted, losesAnswer: true },
  card_webhook_twice: { ...accepted, repeatsNotices: true },
  card_webhook_out_of_order: { ...accepted, reversesNotices: true },
};

export function behaviourOf(card: string): CardBehaviour {
  return Object.hasOwn(TEST_CARDS, card) ? TEST_CARDS[card]! : { ...accepted, declineReason: "card_unknown" };
}
