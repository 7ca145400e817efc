import type { TenantSettings } from '@advocate/domain';
import type { EngineConfig } from '@advocate/engine';
import { readEngineConfig } from '@advocate/engine';
import type { ProcessConfig } from '@advocate/service';
import { readProcessConfig, readTenantSettings } from '@advocate/service';

export interface ParticipantConfig extends ProcessConfig {
  readonly engine: EngineConfig;
  readonly settings: TenantSettings;
}

export function readParticipantConfig(environment: NodeJS.ProcessEnv): ParticipantConfig {
  return { ...readProcessConfig(environment), engine: readEngineConfig(environment), settings: readTenantSettings(environment) };
}
