import type { TenantSettings } from '@advocate/domain';
import type { ProcessConfig } from '@advocate/service';
import { readProcessConfig, readTenantSettings } from '@advocate/service';

export interface ParticipantConfig extends ProcessConfig {
  readonly settings: TenantSettings;
}

export function readParticipantConfig(environment: NodeJS.ProcessEnv): ParticipantConfig {
  return { ...readProcessConfig(environment), settings: readTenantSettings(environment) };
}
