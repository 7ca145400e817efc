/**
 * Asks the service on this machine, by the same ADVOCATE_GRPC_PORT that it listens on, whether it serves, and exits with 0 when it says so: the
 * health check of a container.
 */
import { HealthClient } from '@advocate/contracts';
import { credentials, Metadata } from '@grpc/grpc-js';
import { readEnvironment } from './environment.ts';

const timeoutMs = 4_000;

const { ADVOCATE_GRPC_PORT: port } = readEnvironment(process.env, 'ADVOCATE_GRPC_PORT');
const client = new HealthClient(`127.0.0.1:${port}`, credentials.createInsecure());
client.check({ service: '' }, new Metadata(), { deadline: Date.now() + timeoutMs }, (error, answer) => {
  if (error) console.error(error.message);
  else console.log(answer.status);
  process.exitCode = answer?.status === 'SERVING' ? 0 : 1;
  client.close();
});
