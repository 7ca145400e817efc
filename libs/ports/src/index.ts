export * from './engine.ts';
export * from './event-log.ts';
export * from './file-store.ts';
export * from './job-life.ts';
export * from './job-store.ts';
export * from './mailer.ts';
export * from './participant-store.ts';
export * from './webhook-store.ts';
