import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { credentials, status } from '@grpc/grpc-js';
import type { DownloadFileRequest_Kind, ImportJob, ImportValidation, Unary, UploadFileResponse, UploadMessage } from '@advocate/contracts';
import {
  ask,
  CreateImportJobRequest,
  ImportJobServiceClient,
  ParticipantServiceClient,
  UploadServiceClient,
  UpsertParticipantRequest,
  WebhookServiceClient,
} from '@advocate/contracts';

export const tenant = 'default';
export const parent = `tenants/${tenant}`;

export interface JobOptions {
  /** Default USERS. */
  readonly type?: 'USERS' | 'USER_DELETIONS';
  /** The upload's name; its ending tells the format. Default `upload.csv`. */
  readonly filename?: string;
  readonly requestId?: string;
  readonly displayName?: string;
  readonly mailtoEmail?: string;
  readonly params?: {
    readonly programId?: string;
    readonly segments?: readonly string[];
    readonly preserveEmptyAccounts?: boolean;
    readonly doNotTrack?: boolean;
  };
}

/** A finished import. A file that the job does not have is undefined. */
export interface Import {
  readonly job: ImportJob;
  readonly results: string | undefined;
  readonly errors: string | undefined;
  readonly failedRows: string | undefined;
}

/** A client of a suite, as a program would be one: everything goes through gRPC. */
export class SuiteClient implements Disposable {
  readonly jobs: ImportJobServiceClient;
  readonly participants: ParticipantServiceClient;
  readonly uploads: UploadServiceClient;
  readonly webhooks: WebhookServiceClient;

  constructor(port: number) {
    const address = `127.0.0.1:${port}`;
    const options = { 'grpc.max_receive_message_length': 64 << 20, 'grpc.enable_http_proxy': 0, 'grpc.use_local_subchannel_pool': 1 };
    this.jobs = new ImportJobServiceClient(address, credentials.createInsecure(), options);
    const shared = { ...options, channelOverride: this.jobs.getChannel() };
    this.participants = new ParticipantServiceClient(address, credentials.createInsecure(), shared);
    this.uploads = new UploadServiceClient(address, credentials.createInsecure(), shared);
    this.webhooks = new WebhookServiceClient(address, credentials.createInsecure(), shared);
  }

  [Symbol.dispose](): void {
    this.jobs.close();
  }

  /** Makes a unary call by the method's name: `ask('getImportJob', { name })`. */
  ask<Name extends UnaryName>(name: Name, request: RequestOf<Name>): Promise<ResponseOf<Name>> {
    const services = [this.jobs, this.participants, this.uploads, this.webhooks];
    const service = services.find((one) => name in one) as unknown as Record<Name, Unary<RequestOf<Name>, ResponseOf<Name>>>;
    return ask(service[name].bind(service), request);
  }

  async upload(content: string | Uint8Array, filename = 'upload.csv'): Promise<UploadFileResponse> {
    const answered = Promise.withResolvers<UploadFileResponse>();
    const call = this.jobs.uploadFile((error, answer) => {
      if (error === null) answered.resolve(answer);
      else answered.reject(error);
    });
    const failed = answered.promise.then(
      () => true,
      () => true,
    );
    call.write({ part: { $case: 'metadata', value: { parent, filename, sizeBytes: 0 } } });
    const bytes = Buffer.from(content);
    for (let at = 0; at < bytes.length; at += uploadBlock) {
      const hasRoom = call.write({ part: { $case: 'data', value: bytes.subarray(at, at + uploadBlock) } });
      if (!hasRoom && (await Promise.race([once(call, 'drain').then(() => false), failed]))) break;
    }
    call.end();
    return answered.promise;
  }

  /** Sends a resumable upload's bytes from an offset on; those of the content from there until `end`. Breaks the stream off then, after what is to be waited for. */
  async continueUpload(
    name: string,
    content: Uint8Array,
    { offset = 0, end = content.length, breakOff }: { offset?: number; end?: number; breakOff?: () => Promise<unknown> } = {},
  ): Promise<UploadMessage> {
    const answered = Promise.withResolvers<UploadMessage>();
    const call = this.uploads.continueUpload((error, answer) => {
      if (error === null) answered.resolve(required(answer.upload));
      else answered.reject(error);
    });
    const failed = answered.promise.then(
      () => true,
      () => true,
    );
    call.write({ part: { $case: 'place', value: { name, offset } } });
    for (let at = offset; at < end; at += uploadBlock) {
      const hasRoom = call.write({ part: { $case: 'data', value: Buffer.from(content.subarray(at, Math.min(at + uploadBlock, end))) } });
      if (!hasRoom && (await Promise.race([once(call, 'drain').then(() => false), failed]))) break;
    }
    await breakOff?.();
    if (breakOff === undefined) call.end();
    else call.cancel();
    return answered.promise;
  }

  async create(fileRef: string, options: JobOptions = {}): Promise<ImportJob> {
    const { importJob } = await this.ask('createImportJob', jobRequest(fileRef, options));
    return required(importJob);
  }

  async validate(
    content: string | Uint8Array,
    options: JobOptions = {},
  ): Promise<{ readonly job: ImportJob; readonly validation: ImportValidation }> {
    const { fileRef } = await this.upload(content, options.filename);
    const answer = await this.ask('createImportJob', { ...jobRequest(fileRef, options), validateOnly: true });
    return { job: required(answer.importJob), validation: required(answer.validation) };
  }

  /** Uploads a file and starts its job. */
  async start(content: string | Uint8Array, options: JobOptions = {}): Promise<ImportJob> {
    const { fileRef } = await this.upload(content, options.filename);
    return this.create(fileRef, options);
  }

  /** Runs a file through its whole import. */
  async importFile(content: string | Uint8Array, options: JobOptions = {}): Promise<Import> {
    const { name } = await this.start(content, options);
    return this.outcome(name);
  }

  async job(name: string): Promise<ImportJob> {
    return required((await this.ask('getImportJob', { name })).importJob);
  }

  /** Every state of a job that its watcher is told of. */
  async *watch(name: string): AsyncGenerator<ImportJob> {
    for await (const { importJob } of streamOf(this.jobs.watchImportJob({ name }))) yield required(importJob);
  }

  /** The job once it has its final status. */
  async ended(name: string): Promise<ImportJob> {
    let last: ImportJob | undefined;
    for await (const job of this.watch(name)) last = job;
    if (last === undefined || last.status === 'PENDING') throw new Error(`The watch of ${name} ended before the job`);
    return last;
  }

  /** Waits for the job's end and fetches its files. */
  async outcome(name: string): Promise<Import> {
    const job = await this.ended(name);
    const kinds = ['RESULTS', 'ERRORS', 'FAILED_ROWS'] as const;
    const [results, errors, failedRows] = await Promise.all(kinds.map((kind) => this.downloadIfAny(name, kind)));
    return { job, results, errors, failedRows };
  }

  async download(name: string, kind: DownloadFileRequest_Kind): Promise<{ readonly filename: string; readonly content: Buffer }> {
    return wholeFile(this.jobs.downloadFile({ name, kind }));
  }

  /** Downloads the file of a signed link by the last part of the link. */
  async downloadLinked(token: string): Promise<{ readonly filename: string; readonly content: Buffer }> {
    return wholeFile(this.jobs.downloadLinkedFile({ token }));
  }

  async downloadIfAny(name: string, kind: DownloadFileRequest_Kind): Promise<string | undefined> {
    try {
      return (await this.download(name, kind)).content.toString();
    } catch (error) {
      if ((error as ServiceError).code === status.NOT_FOUND) return undefined;
      throw error;
    }
  }

  /** Creates or updates one participant by a direct call. */
  async upsert(
    participant: Readonly<Record<string, unknown>>,
    segmentOperations: readonly string[] = [],
  ): Promise<ResponseOf<'upsertParticipant'>> {
    return this.ask('upsertParticipant', UpsertParticipantRequest.fromJSON({ parent, participant, segmentOperations }));
  }

  async createSegments(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.ask('createSegment', { parent, segment: { key, displayName: '', name: '', dateCreated: 0 } });
  }
}

const uploadBlock = 256 << 10;

function jobRequest(
  fileRef: string,
  { type = 'USERS', requestId = '', displayName, mailtoEmail, params }: JobOptions,
): CreateImportJobRequest {
  return CreateImportJobRequest.fromJSON({ parent, requestId, importJob: { type, fileRef, displayName, mailtoEmail, params } });
}

type Clients = ImportJobServiceClient & ParticipantServiceClient & UploadServiceClient & WebhookServiceClient;
type UnaryName = { [Name in keyof Clients]: Clients[Name] extends Unary<infer _Request, infer _Response> ? Name : never }[keyof Clients];
type RequestOf<Name extends UnaryName> = Clients[Name] extends Unary<infer Request, infer _> ? Request : never;
type ResponseOf<Name extends UnaryName> = Clients[Name] extends Unary<infer _, infer Response> ? Response : never;

async function wholeFile(
  call: ClientReadableStream<{ filename: string; data: Buffer }>,
): Promise<{ readonly filename: string; readonly content: Buffer }> {
  let filename = '';
  const blocks: Buffer[] = [];
  for await (const message of streamOf(call)) {
    filename ||= message.filename;
    blocks.push(message.data);
  }
  return { filename, content: Buffer.concat(blocks) };
}

async function* streamOf<Message>(call: ClientReadableStream<Message>): AsyncGenerator<Message> {
  // The loop throws errors itself; one that comes after the loop was left concerns nobody.
  call.on('error', () => {});
  try {
    for await (const message of call) yield message as Message;
  } finally {
    call.cancel();
  }
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TypeError('The answer lacks its content');
  return value;
}

/** Waits until a condition holds, and answers what it found. */
export async function until<Found>(
  look: () => Promise<Found | undefined> | Found | undefined,
  what: string | (() => string),
  patienceMs = 45_000,
): Promise<Found> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline)
      throw new Error(`Waited ${patienceMs / 1000} s in vain for: ${typeof what === 'string' ? what : what()}`);
    await pause(2);
  }
}

/** The refusal that a call ends in; fails when it succeeds. */
export async function refusal(call: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
  try {
    await call;
  } catch (error) {
    const { code, details } = error as ServiceError;
    return { code: status[code] ?? String(error), message: details };
  }
  throw new Error('The call was not refused');
}
