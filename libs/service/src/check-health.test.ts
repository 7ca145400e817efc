import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startGrpcServer } from './grpc-server.ts';

const checkHealth = (port: number): Promise<number | null> =>
  new Promise((resolve) => {
    const script = join(import.meta.dirname, 'check-health.ts');
    spawn(process.execPath, [script], { env: { ...process.env, ADVOCATE_GRPC_PORT: String(port) } }).once('exit', resolve);
  });

test('the health check passes while a service serves, and fails once it has stopped', async () => {
  const server = await startGrpcServer('127.0.0.1', 0, []);
  expect(await checkHealth(server.port)).toBe(0);
  await server[Symbol.asyncDispose]();
  expect(await checkHealth(server.port)).toBe(1);
});
