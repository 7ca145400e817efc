export { DataFolderInUseError, lockDataFolder } from './data-folder/lock-data-folder.ts';
export { type EmbeddedEngineOptions, joinEmbeddedEngine, openEmbeddedEngine } from './engine.ts';
export { openEmlMailer } from './mailer/open-eml-mailer.ts';
