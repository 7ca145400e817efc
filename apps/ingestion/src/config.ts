import type { TenantSettings } from '@advocate/domain';
import { readEnvironment, readTenantSettings } from '@advocate/service';

export interface IngestionConfig {
  readonly dataDir: string;
  readonly grpcHost: string;
  readonly grpcPort: number;
  readonly logLevel: string;
  readonly partitions: number;
  readonly maxFileBytes: number;
  readonly settings: TenantSettings;
}

export function readIngestionConfig(environment: NodeJS.ProcessEnv): IngestionConfig {
  const values = readEnvironment(
    environment,
    'ADVOCATE_DATA_DIR',
    'ADVOCATE_GRPC_HOST',
    'ADVOCATE_GRPC_PORT',
    'ADVOCATE_LOG_LEVEL',
    'ADVOCATE_PARTITIONS',
    'ADVOCATE_MAX_FILE_BYTES',
  );
  return {
    dataDir: values.ADVOCATE_DATA_DIR,
    grpcHost: values.ADVOCATE_GRPC_HOST,
    grpcPort: values.ADVOCATE_GRPC_PORT,
    logLevel: values.ADVOCATE_LOG_LEVEL,
    partitions: values.ADVOCATE_PARTITIONS,
    maxFileBytes: values.ADVOCATE_MAX_FILE_BYTES,
    settings: readTenantSettings(environment),
  };
}
