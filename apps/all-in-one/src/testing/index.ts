export { firstDifference, inKeyOrder } from './dump-store.ts';
export { holdWrites } from './hold-writes.ts';
export { deletionsFile, usersFile } from './import-files.ts';
export { createRandom, type Random } from './random.ts';
export { type ServiceName, serviceNames, ServiceProcess } from './service-process.ts';
export { spawnConsole } from './spawn-console.ts';
export { doNotTrackSecret, startSuite } from './start-suite.ts';
export { type Import, type JobOptions, parent, SuiteClient, until } from './suite-client.ts';
export { type ConsoleSuite, deletePeople, importPeople, outlastServer } from './use-console.ts';
