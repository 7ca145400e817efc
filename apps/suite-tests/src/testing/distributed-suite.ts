import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { MongoClient } from 'mongodb';
import { onTestFailed, onTestFinished } from 'vitest';
import {
  doNotTrackSecret,
  type Import,
  type ServiceName,
  serviceNames,
  ServiceProcess,
  SuiteClient,
  until,
} from '@advocate/all-in-one/testing';
import type { ImportJob_Status } from '@advocate/contracts';

export interface Servers {
  /** `host:port` of brokers, separated by commas. */
  readonly kafka: string;
  /** The URI. */
  readonly mongodb: string;
}

const partitions = 4;
/** More than groups and leases need to miss one that was killed, and servers to come back. */
const patienceMs = 100_000;
const lookMs = 100;
const finalStatuses: ReadonlySet<string> = new Set<ImportJob_Status>(['COMPLETED', 'ABORTED', 'CANCELLED']);

/** The four services as processes of their own, each once or more often, with topics and a database that nobody else has. */
export class DistributedSuite {
  readonly servers: Servers;
  readonly topicPrefix: string;
  readonly #database: string;
  readonly #folder: string;
  readonly #started: ServiceProcess[] = [];
  readonly #running = new Set<ServiceProcess>();
  readonly #clients = new Map<ServiceProcess, SuiteClient>();

  private constructor(servers: Servers, folder: string) {
    const name = `suite-${randomUUID()}`;
    this.servers = servers;
    this.topicPrefix = `${name}.`;
    this.#database = name;
    this.#folder = folder;
  }

  /** Starts every service so many times; resolves when all of them serve. After the test they are killed, and their topics and database are gone. */
  static async start(servers: Servers, instances = 1): Promise<DistributedSuite> {
    const suite = new DistributedSuite(servers, await mkdtemp(join(tmpdir(), 'advocate-')));
    onTestFailed(() => console.log(suite.#started.flatMap(({ troubles }) => troubles).join('\n')));
    onTestFinished(() => suite.#remove());
    await Promise.all(serviceNames.flatMap((name) => Array.from({ length: instances }, () => suite.startService(name))));
    return suite;
  }

  /** A client of the ingestion that has run for the longest time. */
  get client(): SuiteClient {
    for (const client of this.#clients.values()) return client;
    throw new Error('No ingestion serves');
  }

  /** The running processes of a service, in the order in which they were started. */
  instances(name: ServiceName): readonly ServiceProcess[] {
    return [...this.#running].filter((service) => service.name === name);
  }

  /** Starts a service once more, on any free port unless one is given; resolves when it serves. */
  async startService(name: ServiceName, grpcPort = 0): Promise<ServiceProcess> {
    const service = new ServiceProcess(name, {
      ADVOCATE_ENGINE: 'distributed',
      ADVOCATE_GRPC_PORT: String(grpcPort),
      ADVOCATE_DATA_DIR: this.#folder,
      ADVOCATE_KAFKA_BROKERS: this.servers.kafka,
      ADVOCATE_KAFKA_TOPIC_PREFIX: this.topicPrefix,
      ADVOCATE_MONGODB_URI: this.servers.mongodb,
      ADVOCATE_MONGODB_DATABASE: this.#database,
      ADVOCATE_PARTITIONS: String(partitions),
      ADVOCATE_DO_NOT_TRACK_SECRET: doNotTrackSecret,
      ADVOCATE_WEBHOOK_ALLOW_PRIVATE: 'true',
    });
    this.#started.push(service);
    this.#running.add(service);
    const { port } = await service.serving;
    if (name === 'ingestion') this.#clients.set(service, new SuiteClient(port));
    return service;
  }

  /** Kills a process, as a failing computer would. */
  async kill(service: ServiceProcess): Promise<void> {
    this.#forget(service);
    await service.kill();
  }

  /** Stops a process as an operator does; resolves with its exit status. */
  async stop(service: ServiceProcess): Promise<number | null> {
    this.#forget(service);
    return service.stop();
  }

  /** Waits until the job has so many rows with outcomes, and more to come. */
  async inMidJob(name: string, rows = 1): Promise<void> {
    // A watcher is told of what happens a little later.
    const { status } = await until(async () => {
      const job = await this.client.job(name);
      return (job.stats?.recordsProcessed ?? 0) >= rows ? job : undefined;
    }, `${rows} rows with outcomes`);
    if (status !== 'PENDING') throw new Error('The job is too short to be met in its middle');
  }

  /** Waits for the job's end, whoever is away in the meantime. */
  async ended(name: string): Promise<void> {
    const ask = async (): Promise<string> => (await this.client.job(name)).status;
    let answer = '';
    const look = async (): Promise<true | undefined> => {
      await pause(lookMs);
      // The one that is asked may go, or its servers.
      answer = await ask().catch(String);
      return finalStatuses.has(answer) || undefined;
    };
    await until(look, () => `the end of ${name}: ${answer}`, patienceMs);
  }

  /** Waits for the job's end and fetches its files. */
  async outcome(name: string): Promise<Import> {
    await this.ended(name);
    return this.client.outcome(name);
  }

  async #remove(): Promise<void> {
    await Promise.all([...this.#running].map((service) => this.kill(service)));
    await using resources = new AsyncDisposableStack();
    resources.defer(() => rm(this.#folder, { recursive: true, force: true }));
    const mongodb = resources.adopt(new MongoClient(this.servers.mongodb), (client) => client.close());
    await mongodb.db(this.#database).dropDatabase();
    const kafka = new kafkajs.Kafka({ brokers: this.servers.kafka.split(','), logLevel: kafkajs.logLevel.NOTHING });
    const admin = resources.adopt(kafka.admin(), (client) => client.disconnect());
    const topics = await admin.listTopics();
    await admin.deleteTopics({ topics: topics.filter((topic) => topic.startsWith(this.topicPrefix)) });
  }

  #forget(service: ServiceProcess): void {
    this.#running.delete(service);
    this.#clients.get(service)?.[Symbol.dispose]();
    this.#clients.delete(service);
  }
}
