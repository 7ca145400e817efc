import { readEnvironment } from '@advocate/service';

export interface NotificationConfig {
  readonly dataDir: string;
  readonly grpcHost: string;
  readonly grpcPort: number;
  readonly logLevel: string;
}

export function readNotificationConfig(environment: NodeJS.ProcessEnv): NotificationConfig {
  const values = readEnvironment(environment, 'ADVOCATE_DATA_DIR', 'ADVOCATE_GRPC_HOST', 'ADVOCATE_GRPC_PORT', 'ADVOCATE_LOG_LEVEL');
  return {
    dataDir: values.ADVOCATE_DATA_DIR,
    grpcHost: values.ADVOCATE_GRPC_HOST,
    grpcPort: values.ADVOCATE_GRPC_PORT,
    logLevel: values.ADVOCATE_LOG_LEVEL,
  };
}
