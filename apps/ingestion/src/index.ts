export { type IngestionDependencies, startIngestion } from './service.ts';
