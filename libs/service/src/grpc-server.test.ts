import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { startGrpcServer } from './grpc-server.ts';

interface FileDescriptor {
  readonly name: string;
  readonly dependency: readonly string[];
}

const require = createRequire(import.meta.url);
const reflectionProto = join(dirname(require.resolve('@grpc/reflection')), '../proto/grpc/reflection/v1/reflection.proto');
const descriptorMessages = require('protobufjs/ext/descriptor') as { FileDescriptorProto: { decode(bytes: Uint8Array): FileDescriptor } };

/** Asks a server's reflection, as grpcurl does. */
async function reflect(
  port: number,
  request: object,
): Promise<Record<string, { fileDescriptorProto: Uint8Array[]; service: { name: string }[] }>> {
  const definition = loadSync(reflectionProto)['grpc.reflection.v1.ServerReflection'] as unknown as ServiceDefinition;
  const Client = makeGenericClientConstructor(definition, 'reflection');
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  try {
    const call = client.ServerReflectionInfo?.() as unknown as AsyncIterable<never> & { write(message: object): void; end(): void };
    call.write(request);
    call.end();
    for await (const answer of call) return answer;
    throw new Error('Reflection gave no answer');
  } finally {
    client.close();
  }
}

test('reflection lists the services and health', async () => {
  await using server = await startGrpcServer('127.0.0.1', 0, []);
  const answer = await reflect(server.port, { listServices: '*' });
  expect(answer.listServicesResponse?.service.map(({ name }) => name).sort()).toEqual([
    'advocate.bulk.v1.DeadLetterService',
    'advocate.bulk.v1.ImportJobService',
    'advocate.bulk.v1.ParticipantService',
    'advocate.bulk.v1.UploadService',
    'advocate.bulk.v1.WebhookService',
    'grpc.health.v1.Health',
  ]);
});

test.each([
  'advocate.bulk.v1.DeadLetterService',
  'advocate.bulk.v1.ImportJobService',
  'advocate.bulk.v1.ParticipantService',
  'advocate.bulk.v1.WebhookService',
  'grpc.health.v1.Health',
])('reflection gives %s with all that its files import', async (symbol) => {
  await using server = await startGrpcServer('127.0.0.1', 0, []);
  const answer = await reflect(server.port, { fileContainingSymbol: symbol });
  const files =
    answer.fileDescriptorResponse?.fileDescriptorProto.map((bytes) => descriptorMessages.FileDescriptorProto.decode(bytes)) ?? [];
  const names = files.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(0);
  for (const file of files) expect(names).toEqual(expect.arrayContaining([...file.dependency]));
});
