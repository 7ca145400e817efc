import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from './create-client.ts';

// Node warns of it once in a process, so this file asks once.
test('an answer of a broker makes Node warn of nothing', async () => {
  const warnings: string[] = [];
  const warned = (warning: Error) => void warnings.push(warning.name);
  process.on('warning', warned);
  onTestFinished(() => void process.off('warning', warned));
  const server = createServer((socket) => {
    // Answers with the number of the request and an error.
    socket.on('data', (request) => socket.write(Buffer.concat([Buffer.from([0, 0, 0, 6]), request.subarray(8, 12), Buffer.from([0, 35])])));
    socket.on('error', () => {});
  });
  await once(server.listen(0), 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const admin = createClient({ brokers: [`localhost:${port}`], clientId: 'test' }).admin({ retry: { retries: 0 } });
  await expect(admin.connect()).rejects.toThrow('API Versions not supported');
  await admin.disconnect();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(warnings).toEqual([]);
});
