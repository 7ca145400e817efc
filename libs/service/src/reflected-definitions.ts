import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { PackageDefinition } from '@grpc/proto-loader';
import { descriptorSetBase64 } from '@advocate/contracts';

/**
 * What reflection tells of the contracts and of health. The files are those that buf built: proto-loader would merge them by package and lose
 * their imports, and clients could not resolve the well-known types.
 */
export function reflectedDefinitions(): PackageDefinition {
  const fileDescriptorProtos = filesOf(Buffer.from(descriptorSetBase64, 'base64'));
  const contracts = { format: 'Protocol Buffer 3 DescriptorProto', type: {}, fileDescriptorProtos };
  return { contracts } as unknown as PackageDefinition;
}

/** The tag of `repeated FileDescriptorProto file = 1` in a FileDescriptorSet. */
const fileTag = 10;

function filesOf(descriptorSet: Uint8Array): Buffer[] {
  const reader = new BinaryReader(descriptorSet);
  const files: Buffer[] = [];
  while (reader.pos < reader.len) {
    if (reader.uint32() !== fileTag) throw new TypeError('The descriptors are no FileDescriptorSet');
    files.push(Buffer.from(reader.bytes()));
  }
  return files;
}
