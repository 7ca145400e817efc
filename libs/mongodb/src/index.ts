export { connectMongodb, type MongodbConnection, type MongodbOptions } from './connection.ts';
export { openGridFsFileStore } from './file-store.ts';
export { openMongodbJobStore } from './job-store.ts';
export { type MongodbParticipantStoreOptions, openMongodbParticipantStore } from './participants/mongodb-participant-store.ts';
export { openMongodbWebhookStore } from './webhook-store.ts';
