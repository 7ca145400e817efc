import type { TenantSettings } from '@advocate/domain';
import type { ProcessConfig } from '@advocate/service';
import { readEnvironment, readProcessConfig, readTenantSettings } from '@advocate/service';

export interface IngestionConfig extends ProcessConfig {
  readonly partitions: number;
  readonly maxFileBytes: number;
  readonly settings: TenantSettings;
}

export function readIngestionConfig(environment: NodeJS.ProcessEnv): IngestionConfig {
  const values = readEnvironment(environment, 'ADVOCATE_PARTITIONS', 'ADVOCATE_MAX_FILE_BYTES');
  return {
    ...readProcessConfig(environment),
    partitions: values.ADVOCATE_PARTITIONS,
    maxFileBytes: values.ADVOCATE_MAX_FILE_BYTES,
    settings: readTenantSettings(environment),
  };
}
