export { DataFolderInUseError, lockDataFolder } from './data-folder/lock-data-folder.ts';
export { type EmbeddedEngine, type EmbeddedEngineOptions, joinEmbeddedEngine, openEmbeddedEngine } from './engine.ts';
