import type { IncomingMessage, OutgoingMessage, Topic } from '@advocate/ports';
import type { IHeaders, KafkaMessage, Message } from 'kafkajs';

/** Names the version of the format that a value is in, as `major` or `major.minor`. A message without it has version 1. */
export const versionHeader = 'advocate-version';

/** A higher minor version only adds what this one may ignore; a higher major version cannot be read. */
const majorVersion = 1;

/** Frozen, so that it is encoded once. */
const headers = Object.freeze({ [versionHeader]: String(majorVersion) });

export function toKafkaMessage({ key, partition, value }: OutgoingMessage): Message {
  return { key, partition, value: Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength), headers };
}

export function fromKafkaMessage(topic: Topic, partition: number, { key, value }: KafkaMessage): IncomingMessage {
  return { topic, partition, key: key?.toString() ?? '', value: value ?? new Uint8Array(0) };
}

/** Why the value cannot be read whatever is in it; nothing when it may be read. */
export function unreadableVersion(headers: IHeaders | undefined): string | undefined {
  const version = headerText(headers, versionHeader) ?? String(majorVersion);
  const major = /^(\d{1,9})(\.\d{1,9})?$/.exec(version)?.[1];
  if (major === undefined)
    return `The header ${versionHeader} should be a version like "${majorVersion}", and is "${version.slice(0, 50)}"`;
  if (Number(major) <= majorVersion) return undefined;
  return `The message has version ${version} of the format, and this release reads versions up to ${majorVersion}; update it, then replay the message`;
}

/** The last one, where a header is repeated. */
export function headerText(headers: IHeaders | undefined, name: string): string | undefined {
  const found = headers?.[name];
  return (Array.isArray(found) ? found.at(-1) : found)?.toString();
}
