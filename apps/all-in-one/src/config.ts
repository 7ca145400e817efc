import { readConsoleConfig } from '@advocate/console';
import type { ProcessConfig } from '@advocate/service';
import { readEnvironment, readFilePolicy, readProcessConfig, readTenantSettings } from '@advocate/service';
import type { AllInOneOptions } from './start-all-in-one.ts';

/** The options that the environment gives. */
export function readAllInOneConfig(
  environment: NodeJS.ProcessEnv,
): ProcessConfig & AllInOneOptions & Required<Pick<AllInOneOptions, 'consumers' | 'partitions' | 'maxFileBytes' | 'settings'>> {
  const values = readEnvironment(
    environment,
    ...([
      'ADVOCATE_DATA_DIR',
      'ADVOCATE_DO_NOT_TRACK_SECRET',
      'ADVOCATE_CONSUMERS',
      'ADVOCATE_PARTITIONS',
      'ADVOCATE_MAX_FILE_BYTES',
      'ADVOCATE_WEBHOOK_ALLOW_PRIVATE',
    ] as const),
  );
  const { ADVOCATE_CONSUMERS: consumers = 1 } = values;
  const secret = values.ADVOCATE_DO_NOT_TRACK_SECRET;
  const console = readConsoleConfig(environment);
  return {
    ...readProcessConfig(environment),
    ...(console === undefined ? {} : { console }),
    dataDir: values.ADVOCATE_DATA_DIR,
    ...(secret === undefined ? {} : { doNotTrackSecret: secret }),
    consumers,
    partitions: Math.max(values.ADVOCATE_PARTITIONS ?? 1, consumers),
    maxFileBytes: values.ADVOCATE_MAX_FILE_BYTES,
    filePolicy: readFilePolicy(environment),
    allowPrivateWebhooks: values.ADVOCATE_WEBHOOK_ALLOW_PRIVATE,
    settings: readTenantSettings(environment),
  };
}
