/** What a webhook may be told of. */
export const webhookEventTypes = ['CREATED', 'STARTED', 'COMPLETED', 'ABORTED', 'CANCELLED'] as const;

export type WebhookEventType = (typeof webhookEventTypes)[number];

/** An address that is told of a tenant's job events. */
export interface Webhook {
  /** 24 hex digits. */
  readonly id: string;
  readonly tenant: string;
  readonly url: string;
  /** All types when empty. */
  readonly eventTypes: readonly WebhookEventType[];
  /** Signs what is sent. */
  readonly secret: string;
  /** Epoch milliseconds. */
  readonly dateCreated: number;
}

/** What a tenant may have. */
export const maxWebhooks = 20;

/** Whether a webhook is told of events of a type. */
export const wantsEvent = ({ eventTypes }: Webhook, type: WebhookEventType): boolean =>
  eventTypes.length === 0 || eventTypes.includes(type);

/** An event's place among those of its job, whatever the clocks say. A job that was resumed for the n-th time goes on with events that come after all earlier ones. */
export function eventSequence(type: WebhookEventType, resumptions = 0): number {
  return resumptions * 3 + (type === 'CREATED' ? 0 : type === 'STARTED' ? 1 : 2);
}
