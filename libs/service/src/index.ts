export * from './grpc-handlers.ts';
export * from './grpc-server.ts';
export * from './logger.ts';
export * from './request-error.ts';
export * from './resource-names.ts';
export * from './run-process.ts';
export { readEnvironment, variables } from './environment.ts';
export { readTenantSettings } from './tenant-environment.ts';
export { type ProcessConfig, readProcessConfig } from './process-config.ts';
