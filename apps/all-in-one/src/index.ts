export { type AllInOne, type AllInOneOptions, defaultMaxFileBytes, startAllInOne } from './start-all-in-one.ts';
