import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { reflectedDefinitions } from './reflected-definitions.ts';

/** A gRPC service with what serves it. */
export interface GrpcService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

export interface GrpcServer extends AsyncDisposable {
  /** Where it listens; the port is the real one when 0 was asked for. */
  readonly port: number;
}

/** How long calls may go on after the server was told to stop. */
const drainMs = 5000;

/** Serves gRPC with health and reflection. Throws when the port is taken. Disposing lets calls end, for a while. */
export async function startGrpcServer(host: string, port: number, services: readonly GrpcService[]): Promise<GrpcServer> {
  const server = new Server({ 'grpc.max_receive_message_length': 4 * 1024 * 1024 });
  for (const service of services) server.addService(service.definition, service.implementation);
  const health = new HealthImplementation({ '': 'SERVING' });
  health.addToServer(server);
  new ReflectionService(reflectedDefinitions()).addToServer(server);
  const actualPort = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    port: actualPort,
    async [Symbol.asyncDispose]() {
      health.setStatus('', 'NOT_SERVING');
      const deadline = setTimeout(() => server.forceShutdown(), drainMs);
      await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      clearTimeout(deadline);
    },
  };
}
