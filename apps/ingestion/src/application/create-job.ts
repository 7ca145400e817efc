import { createHash, randomBytes } from 'node:crypto';
import type { FileFormat, ImportParams, ImportType, Job, TenantSettings } from '@advocate/domain';
import { isSegmentOperation, programsOf, unknownSegment } from '@advocate/domain';
import type { FileStore, JobStore, ParticipantStore } from '@advocate/ports';
import { RequestError } from '@advocate/service';
import { inspectFile } from './inspect-file.ts';
import { removeCopy } from './open-upload.ts';
import type { Validation } from './validate-rows.ts';
import { validateRows } from './validate-rows.ts';

export interface JobRequest {
  readonly tenant: string;
  readonly type: ImportType;
  readonly fileRef: string;
  readonly format: FileFormat | undefined;
  readonly displayName: string;
  readonly requester: string;
  readonly mailtoEmail: string;
  readonly params: ImportParams;
  readonly requestId: string | undefined;
}

export interface CreateJobDependencies {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly participants: ParticipantStore;
  readonly settings: TenantSettings;
  /** Into how many partitions rows are dealt. */
  readonly partitions: number;
  readonly now: () => number;
}

/** The job as it would be accepted now; of it, only the UTF-8 copy of a UTF-16 file is stored. Throws INVALID_ARGUMENT with all that is wrong, and stores nothing then. */
export async function planJob(dependencies: CreateJobDependencies, request: JobRequest): Promise<Job> {
  const { jobs, files, participants, settings, partitions, now } = dependencies;
  const { tenant, type, params } = request;
  const segments = await segmentKeys(participants, tenant);
  checkRequest(request, new Set(segments));
  const inspection = await inspectFile(files, request.fileRef, request.format, type, settings.linkDomains);
  const { format, columns, source, warnings } = inspection;
  const id = await newJobId(jobs, request);
  return {
    id,
    tenant,
    plan: {
      tenant,
      jobId: id,
      type,
      format,
      columns,
      params,
      acceptedAt: now(),
      programs: type === 'users' ? programsOf(settings, params.programId, inspection.programs) : [],
      segments: type === 'users' ? segments : [],
      linkDomains: settings.linkDomains,
      allowReferralCodeEdit: settings.allowReferralCodeEdit,
    },
    displayName: request.displayName,
    requester: request.requester || 'API',
    mailtoEmail: request.mailtoEmail,
    fileRef: request.fileRef,
    source,
    partitions,
    warnings,
    status: 'PENDING',
    cancelRequested: false,
    claimed: false,
    eventOwed: false,
    mailOwed: false,
  };
}

/** Accepts a job; durable when it resolves. The same request id answers the job that it created first. */
export async function createJob(dependencies: CreateJobDependencies, request: JobRequest): Promise<Job> {
  const { jobs, files } = dependencies;
  if (request.requestId !== undefined) {
    const earlier = await jobs.ofRequest(request.tenant, request.requestId);
    if (earlier !== undefined) return earlier;
  }
  const planned = await planJob(dependencies, request);
  const job = await jobs.create(planned, request.requestId);
  // Another request with the same id was faster.
  if (job.source.name !== planned.source.name) await removeCopy(files, planned);
  return job;
}

/** Plans a job and reads every row of its file as it would be read when applied. Nothing is left of it. */
export async function validateJob(
  dependencies: CreateJobDependencies,
  request: JobRequest,
): Promise<{ readonly job: Job; readonly validation: Validation }> {
  const job = await planJob(dependencies, request);
  try {
    return { job, validation: await validateRows(dependencies.files, job) };
  } finally {
    await removeCopy(dependencies.files, job);
  }
}

/** The same request has the same id, so that a repeated run of it can be compared; unless its job was removed, whose id is not used again. */
async function newJobId(jobs: JobStore, { tenant, requestId }: JobRequest): Promise<string> {
  const random = randomBytes(12).toString('hex');
  if (requestId === undefined) return random;
  const id = createHash('sha256').update(`${tenant}/${requestId}`).digest('hex').slice(0, 24);
  return (await jobs.wasRemoved(tenant, id)) ? random : id;
}

const segmentsPerPage = 1000;

async function segmentKeys(participants: ParticipantStore, tenant: string): Promise<string[]> {
  const keys: string[] = [];
  for (;;) {
    const page = await participants.segments(tenant, segmentsPerPage, keys.at(-1));
    keys.push(...page.map(({ key }) => key));
    if (page.length < segmentsPerPage) return keys;
  }
}

const programPattern = /^[a-zA-Z0-9-]{1,64}$/;
// The product's rule for addresses, less all that a mailer would refuse or read as a list.
const mailPattern = /^[^\s\p{Cc}@<>,;:()"]+@[^\s\p{Cc}@<>,;:()"]+\.[^\s\p{Cc}@<>,;:()"]{2,}$/u;
const maxTextLength = 255;

function checkRequest({ type, params, displayName, mailtoEmail, requester, requestId }: JobRequest, segments: ReadonlySet<string>): void {
  const problems: { field: string; description: string }[] = [];
  const refuse = (field: string, description: string): void => void problems.push({ field, description });
  if (type === 'users') {
    if (params.preserveEmptyAccounts)
      refuse('import_job.params.preserve_empty_accounts', 'preserve_empty_accounts is an option of deletions only.');
    if (params.doNotTrack) refuse('import_job.params.do_not_track', 'do_not_track is an option of deletions only.');
    checkSegments(params.segments, segments, refuse);
    if (params.programId !== undefined && !programPattern.test(params.programId)) {
      refuse('import_job.params.program_id', `'${params.programId}' is no program id: it takes 1 to 64 letters, digits or '-'.`);
    }
  } else {
    if (params.segments.length > 0) refuse('import_job.params.segments', 'segments is an option of users only.');
    if (params.programId !== undefined) refuse('import_job.params.program_id', 'program_id is an option of users only.');
  }
  for (const [field, text] of [
    ['display_name', displayName],
    ['requester', requester],
    ['request_id', requestId ?? ''],
  ] as const) {
    if (text.length > maxTextLength) refuse(`import_job.${field}`, `${field} is longer than ${maxTextLength} characters.`);
  }
  if (mailtoEmail !== '' && (!mailPattern.test(mailtoEmail) || mailtoEmail.length > maxTextLength)) {
    refuse('import_job.mailto_email', `'${mailtoEmail}' is no e-mail address.`);
  }
  if (problems.length === 0) return;
  const violations = problems.map((problem) => ({ ...problem, reason: 'INVALID_JOB_PARAM' }));
  throw new RequestError('INVALID_ARGUMENT', 'INVALID_JOB_PARAM', problems.map(({ description }) => description).join(' '), violations);
}

function checkSegments(
  operations: readonly string[],
  known: ReadonlySet<string>,
  refuse: (field: string, description: string) => void,
): void {
  const field = 'import_job.params.segments';
  const malformed = operations.find((operation) => !isSegmentOperation(operation));
  if (malformed !== undefined) {
    refuse(field, `'${malformed}' is no segment operation: write key, ~key or ~*.`);
    return;
  }
  const unknown = unknownSegment(operations, known);
  if (unknown !== undefined) refuse(field, `There is no segment ${unknown}. Make it first: advocate segments create ${unknown}`);
}
