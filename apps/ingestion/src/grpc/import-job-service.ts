import type {
  CancelImportJobRequest,
  CancelImportJobResponse,
  CreateImportJobRequest,
  CreateImportJobResponse,
  DeleteImportJobRequest,
  DeleteImportJobResponse,
  DownloadFileRequest,
  DownloadFileResponse,
  DownloadLinkedFileRequest,
  DownloadLinkedFileResponse,
  GetErrorDigestRequest,
  GetErrorDigestResponse,
  GetImportJobRequest,
  GetImportJobResponse,
  GetProgressHistoryRequest,
  GetProgressHistoryResponse,
  ImportJobServiceServer,
  ListImportJobsRequest,
  ListImportJobsResponse,
  PreviewImportRequest,
  PreviewImportResponse,
  ResumeImportJobRequest,
  ResumeImportJobResponse,
  UploadFileRequest,
  UploadFileResponse,
  WatchImportJobRequest,
  WatchImportJobResponse,
} from '@advocate/contracts';
import { ImportJobServiceService } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import type { FileLinks, JobEvents } from '@advocate/messages';
import { describeJob, errorToMessage } from '@advocate/messages';
import { giveBack } from '@advocate/ports';
import type { GrpcService, Logger } from '@advocate/service';
import { GrpcHandlers, readResourceName, readTenant, RequestError } from '@advocate/service';
import type { CreateJobDependencies } from '../application/create-job.ts';
import { createJob, validateJob } from '../application/create-job.ts';
import { deleteJob } from '../application/delete-job.ts';
import type { JobDispatcher } from '../application/dispatch-jobs.ts';
import { resumeJob } from '../application/resume-job.ts';
import { fileRefOf, newUploadId, storeUpload } from '../application/store-upload.ts';
import { downloadFile, readFileKind } from './download-file.ts';
import { downloadLinkedFile } from './download-linked-file.ts';
import { getErrorDigest } from './get-error-digest.ts';
import { listJobs } from './list-jobs.ts';
import { previewImport } from './preview-import.ts';
import { readJobRequest } from './read-job-request.ts';
import { watchJob } from './watch-job.ts';

export interface ImportJobServiceDependencies extends CreateJobDependencies {
  readonly dispatcher: JobDispatcher;
  readonly events: JobEvents;
  readonly links: FileLinks;
  readonly fileRetentionMs: number;
  readonly maxFileBytes: number;
  readonly logger: Logger;
}

/** Serves ImportJobService. */
export function importJobService(dependencies: ImportJobServiceDependencies): GrpcService {
  const handlers = new GrpcHandlers(dependencies.logger);
  const calls = new ImportJobCalls(dependencies);
  const implementation: ImportJobServiceServer = {
    uploadFile: handlers.clientStream((requests: AsyncIterable<UploadFileRequest>, signal) => calls.upload(requests, signal)),
    createImportJob: handlers.unary((request: CreateImportJobRequest) => calls.create(request)),
    getImportJob: handlers.unary((request: GetImportJobRequest) => calls.get(request)),
    previewImport: handlers.unary((request: PreviewImportRequest) => calls.preview(request)),
    listImportJobs: handlers.unary((request: ListImportJobsRequest) => calls.list(request)),
    watchImportJob: handlers.serverStream((request: WatchImportJobRequest, signal) => calls.watch(request, signal)),
    cancelImportJob: handlers.unary((request: CancelImportJobRequest) => calls.cancel(request)),
    resumeImportJob: handlers.unary((request: ResumeImportJobRequest) => calls.resume(request)),
    deleteImportJob: handlers.unary((request: DeleteImportJobRequest) => calls.delete(request)),
    getErrorDigest: handlers.unary((request: GetErrorDigestRequest) => calls.errorDigest(request)),
    getProgressHistory: handlers.unary((request: GetProgressHistoryRequest) => calls.history(request)),
    downloadFile: handlers.serverStream((request: DownloadFileRequest) => calls.download(request)),
    downloadLinkedFile: handlers.serverStream((request: DownloadLinkedFileRequest) => calls.downloadLinked(request)),
  };
  return { definition: ImportJobServiceService, implementation };
}

class ImportJobCalls {
  readonly #dependencies: ImportJobServiceDependencies;

  constructor(dependencies: ImportJobServiceDependencies) {
    this.#dependencies = dependencies;
  }

  async upload(requests: AsyncIterable<UploadFileRequest>, signal: AbortSignal): Promise<UploadFileResponse> {
    const { files, maxFileBytes } = this.#dependencies;
    const iterator = requests[Symbol.asyncIterator]();
    const first = await iterator.next();
    const metadata = first.done ? undefined : first.value.part;
    if (metadata?.$case !== 'metadata') {
      throw new RequestError(
        'INVALID_ARGUMENT',
        'METADATA_MISSING',
        'The first message of an upload must be its metadata: parent and filename.',
      );
    }
    const { parent, filename, sizeBytes } = metadata.value;
    const fileRef = fileRefOf(readTenant('metadata.parent', parent), filename, newUploadId());
    const upload = { fileRef, expectedBytes: sizeBytes, content: dataOf(iterator) };
    const { bytes, sha256 } = await storeUpload(files, upload, maxFileBytes);
    if (signal.aborted) await files.remove(fileRef);
    signal.throwIfAborted();
    return { fileRef, sizeBytes: bytes, sha256 };
  }

  async create(request: CreateImportJobRequest): Promise<CreateImportJobResponse> {
    const { jobs, dispatcher } = this.#dependencies;
    const jobRequest = readJobRequest(request);
    if (request.validateOnly) {
      const { job, validation } = await validateJob(this.#dependencies, jobRequest);
      const { records, invalid, firstErrors } = validation;
      const importJob = { ...(await describeJob(jobs, job)), name: '', id: '' };
      return { importJob, validation: { recordsRead: records, recordsInvalid: invalid, firstErrors: firstErrors.map(errorToMessage) } };
    }
    const job = await createJob(this.#dependencies, jobRequest);
    dispatcher.take(job);
    return { importJob: await describeJob(jobs, job) };
  }

  async get({ name }: GetImportJobRequest): Promise<GetImportJobResponse> {
    return { importJob: await describeJob(this.#dependencies.jobs, await this.#job(name)) };
  }

  preview(request: PreviewImportRequest): Promise<PreviewImportResponse> {
    const { files, settings } = this.#dependencies;
    return previewImport(files, request, settings.linkDomains);
  }

  list(request: ListImportJobsRequest): Promise<ListImportJobsResponse> {
    return listJobs(this.#dependencies.jobs, request);
  }

  async *watch({ name }: WatchImportJobRequest, signal: AbortSignal): AsyncGenerator<WatchImportJobResponse> {
    const { jobs } = this.#dependencies;
    for await (const importJob of watchJob(jobs, await this.#job(name), signal)) yield { importJob };
  }

  async cancel({ name }: CancelImportJobRequest): Promise<CancelImportJobResponse> {
    const { jobs, dispatcher } = this.#dependencies;
    const { tenant, id } = await this.#job(name);
    const job = await jobs.advance(tenant, id, { cancelRequested: true });
    if (job === undefined) throw notFound(name);
    dispatcher.cancel(id);
    return { importJob: await describeJob(jobs, job) };
  }

  async resume({ name }: ResumeImportJobRequest): Promise<ResumeImportJobResponse> {
    const { jobs, dispatcher } = this.#dependencies;
    const job = await resumeJob(this.#dependencies, await this.#job(name));
    dispatcher.take(job);
    return { importJob: await describeJob(jobs, job) };
  }

  async delete({ name }: DeleteImportJobRequest): Promise<DeleteImportJobResponse> {
    await deleteJob(this.#dependencies, await this.#job(name));
    return {};
  }

  async errorDigest({ name, examplesPerCause }: GetErrorDigestRequest): Promise<GetErrorDigestResponse> {
    return getErrorDigest(this.#dependencies, await this.#job(name), examplesPerCause);
  }

  async history({ name }: GetProgressHistoryRequest): Promise<GetProgressHistoryResponse> {
    const { id } = await this.#job(name);
    const points = await this.#dependencies.jobs.history(id);
    return { points: points.map(({ date, records, failed }) => ({ date, recordsProcessed: records, errors: failed })) };
  }

  async *download({ name, kind }: DownloadFileRequest): AsyncGenerator<DownloadFileResponse> {
    yield* downloadFile(this.#dependencies, await this.#job(name), readFileKind(kind));
  }

  downloadLinked({ token }: DownloadLinkedFileRequest): AsyncGenerator<DownloadLinkedFileResponse> {
    return downloadLinkedFile(this.#dependencies, token);
  }

  async #job(name: string): Promise<Job> {
    const [tenant = '', id = ''] = readResourceName('name', name, 'tenants', 'importJobs');
    const job = await this.#dependencies.jobs.get(tenant, id);
    if (job === undefined) throw notFound(name);
    return job;
  }
}

function notFound(name: string): RequestError {
  return new RequestError('NOT_FOUND', 'JOB_NOT_FOUND', `There is no job ${name}. List the tenant's jobs to find it.`);
}

/** Each block is valid until the next one is asked for. */
async function* dataOf(iterator: AsyncIterator<UploadFileRequest>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const next = await iterator.next();
    if (next.done) return;
    const { part } = next.value;
    if (part?.$case !== 'data') {
      throw new RequestError(
        'INVALID_ARGUMENT',
        'DATA_EXPECTED',
        'Only the first message of an upload may be metadata; the others bring data.',
      );
    }
    yield part.value;
    giveBack(part.value);
  }
}
