export { type NotificationDependencies, startNotification } from './service.ts';
