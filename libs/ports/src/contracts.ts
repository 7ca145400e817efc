export * from './event-log.contract.ts';
export * from './file-store.contract.ts';
export * from './job-store.contract.ts';
export * from './mailer.contract.ts';
export * from './participant-store.contract.ts';
export * from './webhook-store.contract.ts';
