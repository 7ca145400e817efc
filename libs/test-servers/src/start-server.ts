import { createServer } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { MongoClient } from 'mongodb';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';

/** A server in a container of its own, for tests that do harm to it. It keeps its port and its data through kill and restart. */
export interface TestServer extends AsyncDisposable {
  /** `host:port` of Kafka; the URI of MongoDB. */
  readonly address: string;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again after {@link kill}; resolves when it serves. */
  restart(): Promise<void>;
}

/** All containers of tests have it, so that what a killed run leaves behind can be found. */
const label = { 'advocate-bulk.test': 'true' };
const startupTimeoutMs = 120_000;

export const kafkaImage = process.env.TEST_KAFKA_IMAGE ?? 'apache/kafka:4.1.1';
export const mongodbImage = process.env.TEST_MONGODB_IMAGE ?? 'mongo:8';

export async function startKafka(): Promise<TestServer> {
  const port = await freePort();
  const address = `localhost:${port}`;
  const container = await new GenericContainer(kafkaImage)
    .withExposedPorts({ container: 9092, host: port })
    .withLabels(label)
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${address}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_HEAP_OPTS: '-Xmx512m -Xms256m',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(startupTimeoutMs)
    .start();
  const answers = async (): Promise<void> => {
    const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin();
    try {
      await admin.connect();
      await admin.listTopics();
    } finally {
      await admin.disconnect();
    }
  };
  await untilItAnswers(answers);
  return testServer(container, address, answers);
}

export async function startMongodb(): Promise<TestServer> {
  const port = await freePort();
  const address = `mongodb://localhost:${port}/`;
  const container = await new GenericContainer(mongodbImage)
    .withExposedPorts({ container: 27017, host: port })
    .withLabels(label)
    .withStartupTimeout(startupTimeoutMs)
    .start();
  const answers = async (): Promise<void> => {
    const client = new MongoClient(address, { serverSelectionTimeoutMS: 2000, directConnection: true });
    try {
      await client.db('admin').command({ ping: 1 });
    } finally {
      await client.close();
    }
  };
  await untilItAnswers(answers);
  return testServer(container, address, answers);
}

function testServer(container: StartedTestContainer, address: string, answers: () => Promise<void>): TestServer {
  return {
    address,
    async kill() {
      const { container: docker } = await getContainerRuntimeClient();
      await docker.getById(container.getId()).kill({ signal: 'SIGKILL' });
    },
    async restart() {
      const { container: docker } = await getContainerRuntimeClient();
      await docker.getById(container.getId()).start();
      await untilItAnswers(answers);
    },
    async [Symbol.asyncDispose]() {
      await container.stop({ timeout: 0 });
    },
  };
}

async function untilItAnswers(ask: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + startupTimeoutMs;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

/** A port that nobody listens on; the server has to advertise it before it is started. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port was given');
  return address.port;
}
