export { ChunkOutcomeEncoder, type ChunkPlace } from './chunk-outcome-encoder.ts';
export * from './chunk-outcome.ts';
export * from './job-message.ts';
export * from './plan.ts';
export * from './row-chunk.ts';
export * from './job-events.ts';
export * from './job-files.ts';
export * from './participant-events.ts';
export * from './decode-message.ts';
