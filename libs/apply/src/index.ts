export { type ApplyChunk, ChunkOutOfOrderError, createApplyChunk } from './apply-chunk.ts';
export { type ApplyDependencies, decideAndCommit } from './decide-and-commit.ts';
export { startRowConsumer } from './row-consumer.ts';
export { deletionLogic, type RowLogic, directUpsertLogic, upsertLogic } from './row-logic.ts';
export { type ChunkRows, openRows } from './read-rows.ts';
