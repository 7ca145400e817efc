import type { ServiceError } from '@grpc/grpc-js';
import { credentials } from '@grpc/grpc-js';
import { ParticipantServiceClient } from '@advocate/contracts';

const parent = 'tenants/default';
const participant = (account: string, id: string): string => `${parent}/accounts/${account}/participants/${id}`;

/** Does once to a suite what the product around it would do: creates a segment, before people are imported into it. */
export async function createSegment(grpcPort: number, key: string, displayName: string): Promise<void> {
  using client = connect(grpcPort);
  await client.ask((answer) =>
    client.participants.createSegment({ parent, segment: { key, displayName, name: '', dateCreated: 0 } }, answer),
  );
}

/** Gives people of the sample rewards, an event and a referral. */
export async function recordHistory(grpcPort: number): Promise<void> {
  using client = connect(grpcPort);
  const { participants } = client;
  const ada = participant('harbour-tea', 'ada');
  for (const requestId of ['welcome', 'third-friend']) {
    await client.ask((answer) => participants.recordReward({ parent: ada, content: { credit: 10 }, requestId }, answer));
  }
  await client.ask((answer) =>
    participants.recordEvent({ parent: ada, key: 'purchase', fields: { orders: 1 }, requestId: 'order-1' }, answer),
  );
}

interface Connected extends Disposable {
  readonly participants: ParticipantServiceClient;
  ask(call: (answer: (error: ServiceError | null) => void) => unknown): Promise<void>;
}

function connect(grpcPort: number): Connected {
  const participants = new ParticipantServiceClient(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
  return {
    participants,
    ask: (call) => new Promise((resolve, reject) => void call((error) => (error === null ? resolve() : reject(error)))),
    [Symbol.dispose]: () => participants.close(),
  };
}
