import type { TenantSettings } from '@advocate/domain';
import type { EngineConfig } from '@advocate/engine';
import { readEngineConfig } from '@advocate/engine';
import type { FilePolicy, ProcessConfig } from '@advocate/service';
import { readEnvironment, readFilePolicy, readProcessConfig, readTenantSettings } from '@advocate/service';

export interface IngestionConfig extends ProcessConfig {
  readonly engine: EngineConfig;
  readonly maxFileBytes: number;
  readonly filePolicy: FilePolicy;
  readonly allowPrivateWebhooks: boolean;
  readonly settings: TenantSettings;
}

export function readIngestionConfig(environment: NodeJS.ProcessEnv): IngestionConfig {
  return {
    ...readProcessConfig(environment),
    engine: readEngineConfig(environment),
    maxFileBytes: readEnvironment(environment, 'ADVOCATE_MAX_FILE_BYTES').ADVOCATE_MAX_FILE_BYTES,
    filePolicy: readFilePolicy(environment),
    allowPrivateWebhooks: readEnvironment(environment, 'ADVOCATE_WEBHOOK_ALLOW_PRIVATE').ADVOCATE_WEBHOOK_ALLOW_PRIVATE,
    settings: readTenantSettings(environment),
  };
}
