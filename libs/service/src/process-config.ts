import { readEnvironment } from './environment.ts';

/** What every process of the suite is told, besides its engine. */
export interface ProcessConfig {
  readonly grpcHost: string;
  readonly grpcPort: number;
  readonly logLevel: string;
}

export function readProcessConfig(environment: NodeJS.ProcessEnv): ProcessConfig {
  const values = readEnvironment(environment, 'ADVOCATE_GRPC_HOST', 'ADVOCATE_GRPC_PORT', 'ADVOCATE_LOG_LEVEL');
  return { grpcHost: values.ADVOCATE_GRPC_HOST, grpcPort: values.ADVOCATE_GRPC_PORT, logLevel: values.ADVOCATE_LOG_LEVEL };
}
