export { type Console, type ConsoleOptions, startConsole } from './start-console.ts';
export { readConsoleConfig } from './config.ts';
