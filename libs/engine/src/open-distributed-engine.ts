import { join } from 'node:path';
import { openEmlMailer } from '@advocate/embedded';
import type { KafkaEventLogOptions, KafkaLogger } from '@advocate/kafka';
import { openKafkaEventLog } from '@advocate/kafka';
import { publishParticipantEvents } from '@advocate/messages';
import type { MongodbOptions } from '@advocate/mongodb';
import {
  connectMongodb,
  openGridFsFileStore,
  openMongodbJobStore,
  openMongodbParticipantStore,
  openMongodbWebhookStore,
} from '@advocate/mongodb';
import type { Engine } from '@advocate/ports';
import type { SmtpMailerOptions } from '@advocate/smtp';
import { openSmtpMailer } from '@advocate/smtp';

export interface DistributedEngineOptions {
  /** For the mails, as `.eml` files, where no mail server is named. */
  readonly dataDir: string;
  /** Of the topics of rows and outcomes, where they have to be created. */
  readonly partitions: number;
  readonly kafka: Omit<KafkaEventLogOptions, 'partitions' | 'clientId' | 'logger'>;
  readonly mongodb: MongodbOptions;
  readonly smtp?: SmtpMailerOptions;
  readonly doNotTrackSecret?: string;
  /** Names the process in the logs of the brokers. */
  readonly clientId: string;
  readonly logger: KafkaLogger;
}

/**
 * Opens the engine on Kafka and MongoDB; as many processes as need be may have it open. Waits about a minute for servers that are not up yet, and
 * throws then. What is committed of participants is told to the public topic.
 */
export async function openDistributedEngine(options: DistributedEngineOptions): Promise<Engine> {
  await using resources = new AsyncDisposableStack();
  const { dataDir, kafka, partitions, mongodb, smtp, doNotTrackSecret, clientId, logger } = options;
  const { db } = resources.use(await connectMongodb(mongodb));
  const log = resources.use(await openKafkaEventLog({ ...kafka, partitions, clientId, logger }));
  const participants = await openMongodbParticipantStore(db, {
    ...(doNotTrackSecret === undefined ? {} : { doNotTrackSecret }),
    announce: (outcome, date, accountIds) => publishParticipantEvents(log, outcome, date, accountIds),
  });
  resources.use(participants);
  const mailer = smtp === undefined ? await openEmlMailer(join(dataDir, 'mail')) : openSmtpMailer(smtp);
  const owned = resources.move();
  return {
    ...{ log, participants, mailer, jobs: openMongodbJobStore(db), files: openGridFsFileStore(db), webhooks: openMongodbWebhookStore(db) },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
