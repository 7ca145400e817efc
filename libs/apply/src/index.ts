export * from './apply-chunk.ts';
export * from './read-rows.ts';
export * from './row-consumer.ts';
