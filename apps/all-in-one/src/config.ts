import type { ProcessConfig } from '@advocate/service';
import { readEnvironment, readProcessConfig, readTenantSettings } from '@advocate/service';
import type { AllInOneOptions } from './start-all-in-one.ts';

/** The options that the environment gives. */
export function readAllInOneConfig(
  environment: NodeJS.ProcessEnv,
): ProcessConfig & Required<Pick<AllInOneOptions, 'consumers' | 'partitions' | 'maxFileBytes' | 'settings'>> {
  const values = readEnvironment(environment, 'ADVOCATE_CONSUMERS', 'ADVOCATE_PARTITIONS', 'ADVOCATE_MAX_FILE_BYTES');
  return {
    ...readProcessConfig(environment),
    consumers: values.ADVOCATE_CONSUMERS,
    partitions: Math.max(values.ADVOCATE_PARTITIONS, values.ADVOCATE_CONSUMERS),
    maxFileBytes: values.ADVOCATE_MAX_FILE_BYTES,
    settings: readTenantSettings(environment),
  };
}
