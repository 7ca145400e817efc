import type { TenantSettings } from '@advocate/domain';
import { readEnvironment, readTenantSettings } from '@advocate/service';

export interface ParticipantConfig {
  readonly dataDir: string;
  readonly grpcHost: string;
  readonly grpcPort: number;
  readonly logLevel: string;
  readonly settings: TenantSettings;
  readonly doNotTrackSecret?: string;
}

export function readParticipantConfig(environment: NodeJS.ProcessEnv): ParticipantConfig {
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
    settings: readTenantSettings(environment),
    ...(secret === undefined ? {} : { doNotTrackSecret: secret }),
  };
}
