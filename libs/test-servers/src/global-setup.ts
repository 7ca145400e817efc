import { getContainerRuntimeClient } from 'testcontainers';
import type { TestProject } from 'vitest/node';
import type {} from './provided-servers.ts';
import { startKafka, startMongodb } from './start-server.ts';

/** Gives the tests that need servers a Kafka and a MongoDB: those that the environment names, or containers, or none, and then says so. */
export default async function provideServers(project: TestProject): Promise<() => Promise<void>> {
  const resources = new AsyncDisposableStack();
  let kafkaBrokers = process.env.KAFKA_BROKERS ?? '';
  let mongodbUri = process.env.MONGODB_URI ?? '';
  const hasDocker = await findDocker();
  if ((kafkaBrokers === '' || mongodbUri === '') && hasDocker) {
    const [kafka, mongodb] = await Promise.all([
      kafkaBrokers === '' ? startKafka() : undefined,
      mongodbUri === '' ? startMongodb() : undefined,
    ]);
    for (const server of [kafka, mongodb]) if (server !== undefined) resources.use(server);
    kafkaBrokers ||= kafka?.address ?? '';
    mongodbUri ||= mongodb?.address ?? '';
  }
  const missing = [kafkaBrokers === '' ? 'Kafka (KAFKA_BROKERS)' : '', mongodbUri === '' ? 'MongoDB (MONGODB_URI)' : ''].filter(Boolean);
  if (missing.length > 0) {
    console.log(
      `Skipped: the tests that need ${missing.join(' and ')}. Start Docker, or name running servers in these variables, to run them.`,
    );
  }
  if (!hasDocker) console.log('Skipped: the tests that kill and restart servers of their own. Start Docker to run them.');
  project.provide('hasDocker', hasDocker);
  project.provide('kafkaBrokers', kafkaBrokers);
  project.provide('mongodbUri', mongodbUri);
  return () => resources.disposeAsync();
}

async function findDocker(): Promise<boolean> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch {
    return false;
  }
}
