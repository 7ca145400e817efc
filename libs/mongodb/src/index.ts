export { connectMongodb, type MongodbConnection, type MongodbOptions } from './connection.ts';
export { openGridFsFileStore } from './file-store.ts';
export { openMongodbJobStore } from './job-store.ts';
export { type MongodbParticipantStoreOptions, openMongodbParticipantStore } from './participants/mongodb-participant-store.ts';
