export { type AllInOne, type AllInOneOptions, defaultMaxFileBytes, startAllInOne } from './start-all-in-one.ts';
export { readAllInOneConfig } from './config.ts';
