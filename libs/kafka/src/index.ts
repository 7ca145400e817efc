import './driver-encoding.ts';
export type { KafkaCredentials, KafkaLogger } from './create-client.ts';
export { type KafkaEventLogOptions, openKafkaEventLog } from './open-kafka-event-log.ts';
