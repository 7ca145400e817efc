import { eventLogContract } from '@advocate/ports/contracts';
import { kafkaBrokers } from '@advocate/test-servers';
import { describe } from 'vitest';
import { freshInstallation } from './test-support.ts';

const brokers = kafkaBrokers();

describe.skipIf(!brokers)('on a real Kafka', () => {
  eventLogContract('Kafka', async () => {
    const installation = freshInstallation(brokers!);
    return { log: await installation.open(), peer: await installation.open(), [Symbol.asyncDispose]: installation[Symbol.asyncDispose] };
  });
});
