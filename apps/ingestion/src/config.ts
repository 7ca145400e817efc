import type { TenantSettings } from '@advocate/domain';
import type { EngineConfig } from '@advocate/engine';
import { readEngineConfig } from '@advocate/engine';
import type { ProcessConfig } from '@advocate/service';
import { readEnvironment, readProcessConfig, readTenantSettings } from '@advocate/service';

export interface IngestionConfig extends ProcessConfig {
  readonly engine: EngineConfig;
  readonly maxFileBytes: number;
  readonly settings: TenantSettings;
}

export function readIngestionConfig(environment: NodeJS.ProcessEnv): IngestionConfig {
  return {
    ...readProcessConfig(environment),
    engine: readEngineConfig(environment),
    maxFileBytes: readEnvironment(environment, 'ADVOCATE_MAX_FILE_BYTES').ADVOCATE_MAX_FILE_BYTES,
    settings: readTenantSettings(environment),
  };
}
