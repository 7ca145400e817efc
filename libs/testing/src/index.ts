export * from './build-account.ts';
export * from './build-job.ts';
export * from './start-receiver.ts';
