import { readFileSync } from 'node:fs';
import type { EmbeddedEngineOptions } from '@advocate/embedded';
import { readEnvironment } from '@advocate/service';
import type { DistributedEngineOptions } from './open-distributed-engine.ts';

/** Which engine a process runs on, and with what. */
export type EngineConfig = (
  | (EmbeddedEngineOptions & { readonly kind: 'embedded' })
  | (Omit<DistributedEngineOptions, 'logger' | 'clientId'> & { readonly kind: 'distributed' })
) & {
  /** Chunks that a process applies at a time. Where the store is across the network, one is decided while another is written. */
  readonly consumers: number;
};

/** Of the distributed engine. */
const defaultPartitions = 12;
const defaultConsumers = 2;

export function readEngineConfig(environment: NodeJS.ProcessEnv): EngineConfig {
  const common = readEnvironment(
    environment,
    ...(['ADVOCATE_ENGINE', 'ADVOCATE_DATA_DIR', 'ADVOCATE_PARTITIONS', 'ADVOCATE_CONSUMERS', 'ADVOCATE_DO_NOT_TRACK_SECRET'] as const),
  );
  const { ADVOCATE_DATA_DIR: dataDir, ADVOCATE_PARTITIONS: partitions, ADVOCATE_DO_NOT_TRACK_SECRET: doNotTrackSecret } = common;
  const secret = doNotTrackSecret === undefined ? {} : { doNotTrackSecret };
  if (common.ADVOCATE_ENGINE === 'embedded') {
    return {
      kind: 'embedded',
      dataDir,
      consumers: common.ADVOCATE_CONSUMERS ?? 1,
      ...(partitions === undefined ? {} : { partitions }),
      ...secret,
    };
  }
  const values = readEnvironment(
    environment,
    ...(['ADVOCATE_MONGODB_URI', 'ADVOCATE_MONGODB_DATABASE', 'ADVOCATE_SMTP_URL', 'ADVOCATE_MAIL_FROM'] as const),
  );
  const { ADVOCATE_MONGODB_URI: uri, ADVOCATE_MONGODB_DATABASE: database, ADVOCATE_SMTP_URL: smtpUrl, ADVOCATE_MAIL_FROM: from } = values;
  return {
    ...{
      kind: 'distributed',
      dataDir,
      partitions: partitions ?? defaultPartitions,
      consumers: common.ADVOCATE_CONSUMERS ?? defaultConsumers,
    },
    ...secret,
    kafka: readKafka(environment),
    mongodb: { uri, ...(database === undefined ? {} : { database }) },
    ...(smtpUrl === undefined ? {} : { smtp: { url: smtpUrl, from } }),
  };
}

function readKafka(environment: NodeJS.ProcessEnv): DistributedEngineOptions['kafka'] {
  const values = readEnvironment(
    environment,
    ...(['ADVOCATE_KAFKA_BROKERS', 'ADVOCATE_KAFKA_TOPIC_PREFIX', 'ADVOCATE_KAFKA_REPLICATION_FACTOR'] as const),
    ...(['ADVOCATE_KAFKA_TLS', 'ADVOCATE_KAFKA_CA_FILE', 'ADVOCATE_KAFKA_CERT_FILE', 'ADVOCATE_KAFKA_KEY_FILE'] as const),
    ...(['ADVOCATE_KAFKA_SASL_MECHANISM', 'ADVOCATE_KAFKA_USERNAME', 'ADVOCATE_KAFKA_PASSWORD'] as const),
  );
  const certificates = {
    ...readIfNamed('ca', values.ADVOCATE_KAFKA_CA_FILE),
    ...readIfNamed('cert', values.ADVOCATE_KAFKA_CERT_FILE),
    ...readIfNamed('key', values.ADVOCATE_KAFKA_KEY_FILE),
  };
  const hasCertificates = Object.keys(certificates).length > 0;
  const mechanism = values.ADVOCATE_KAFKA_SASL_MECHANISM;
  return {
    brokers: values.ADVOCATE_KAFKA_BROKERS,
    topicPrefix: values.ADVOCATE_KAFKA_TOPIC_PREFIX,
    replicationFactor: values.ADVOCATE_KAFKA_REPLICATION_FACTOR,
    ...(hasCertificates ? { ssl: certificates } : values.ADVOCATE_KAFKA_TLS ? { ssl: true } : {}),
    ...(mechanism === undefined
      ? {}
      : { sasl: { mechanism, username: values.ADVOCATE_KAFKA_USERNAME, password: values.ADVOCATE_KAFKA_PASSWORD } }),
  };
}

function readIfNamed(field: 'ca' | 'cert' | 'key', file: string | undefined): Record<string, string> {
  return file === undefined ? {} : { [field]: readFileSync(file, 'utf8') };
}
