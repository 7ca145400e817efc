export { hasDocker, kafkaBrokers, mongodbUri } from './provided-servers.ts';
export { startKafka, startMongodb, type TestServer } from './start-server.ts';
