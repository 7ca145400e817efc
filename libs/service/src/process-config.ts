import { readEnvironment } from './environment.ts';

/** What every process of the suite is told. */
export interface ProcessConfig {
  readonly dataDir: string;
  readonly grpcHost: string;
  readonly grpcPort: number;
  readonly logLevel: string;
  readonly doNotTrackSecret?: string;
}

export function readProcessConfig(environment: NodeJS.ProcessEnv): ProcessConfig {
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
