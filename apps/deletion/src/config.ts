import { readEnvironment } from '@advocate/service';

export interface DeletionConfig {
  readonly dataDir: string;
  readonly grpcHost: string;
  readonly grpcPort: number;
  readonly logLevel: string;
  readonly doNotTrackSecret?: string;
}

export function readDeletionConfig(environment: NodeJS.ProcessEnv): DeletionConfig {
  const values = readEnvironment(
    environment,
    'ADVOCATE_DATA_DIR',
    'ADVOCATE_GRPC_HOST',
    'ADVOCATE_GRPC_PORT',
    'ADVOCATE_LOG_LEVEL',
    'ADVOCATE_DO_NOT_TRACK_SECRET',
  );
  const secret = values.ADVOCATE_DO_NOT_TRACK_SECRET;
  return {
    dataDir: values.ADVOCATE_DATA_DIR,
    grpcHost: values.ADVOCATE_GRPC_HOST,
    grpcPort: values.ADVOCATE_GRPC_PORT,
    logLevel: values.ADVOCATE_LOG_LEVEL,
    ...(secret === undefined ? {} : { doNotTrackSecret: secret }),
  };
}
