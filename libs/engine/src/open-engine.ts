import { joinEmbeddedEngine, openEmbeddedEngine } from '@advocate/embedded';
import type { Engine } from '@advocate/ports';
import type { Logger } from '@advocate/service';
import type { EngineConfig } from './engine-config.ts';
import { openDistributedEngine } from './open-distributed-engine.ts';

/**
 * Opens the engine that a process is configured for. Of the processes on an embedded engine one is its owner, whom the others join; the
 * distributed engine has no owner.
 */
export function openEngine(config: EngineConfig, role: 'owner' | 'guest', service: string, logger: Logger): Promise<Engine> {
  if (config.kind === 'distributed') return openDistributedEngine({ ...config, clientId: `advocate-${service}`, logger });
  return role === 'owner' ? openEmbeddedEngine(config) : joinEmbeddedEngine(config);
}
