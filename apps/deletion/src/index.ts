export { type DeletionDependencies, startDeletion } from './service.ts';
