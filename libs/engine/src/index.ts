export { type EngineConfig, readEngineConfig } from './engine-config.ts';
export { type DistributedEngineOptions, openDistributedEngine } from './open-distributed-engine.ts';
export { openEngine } from './open-engine.ts';
