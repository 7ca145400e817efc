import { readEnvironment, readTenantSettings } from '@advocate/service';
import type { AllInOneOptions } from './start-all-in-one.ts';

/** The options that the environment gives. */
export function readAllInOneConfig(
  environment: NodeJS.ProcessEnv,
): Required<Omit<AllInOneOptions, 'now' | 'doNotTrackSecret'>> & Pick<AllInOneOptions, 'doNotTrackSecret'> {
  const values = readEnvironment(
    environment,
    'ADVOCATE_DATA_DIR',
    'ADVOCATE_GRPC_HOST',
    'ADVOCATE_GRPC_PORT',
    'ADVOCATE_LOG_LEVEL',
    'ADVOCATE_CONSUMERS',
    'ADVOCATE_PARTITIONS',
    'ADVOCATE_MAX_FILE_BYTES',
    'ADVOCATE_DO_NOT_TRACK_SECRET',
  );
  const secret = values.ADVOCATE_DO_NOT_TRACK_SECRET;
  return {
    dataDir: values.ADVOCATE_DATA_DIR,
    grpcHost: values.ADVOCATE_GRPC_HOST,
    grpcPort: values.ADVOCATE_GRPC_PORT,
    logLevel: values.ADVOCATE_LOG_LEVEL,
    consumers: values.ADVOCATE_CONSUMERS,
    partitions: Math.max(values.ADVOCATE_PARTITIONS, values.ADVOCATE_CONSUMERS),
    maxFileBytes: values.ADVOCATE_MAX_FILE_BYTES,
    settings: readTenantSettings(environment),
    ...(secret === undefined ? {} : { doNotTrackSecret: secret }),
  };
}
