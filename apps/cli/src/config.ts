/** Where `advocate serve` listens: this computer only, unless the environment says otherwise. */
export const grpcHost = (environment: NodeJS.ProcessEnv): string => environment.ADVOCATE_GRPC_HOST || '127.0.0.1';
