import type { ImportJob_Status } from '@advocate/contracts';
import { ask, GetErrorDigestResponse, ImportJob, ListImportJobsRequest, ListImportJobsResponse } from '@advocate/contracts';
import { isFinal } from '../client/follow-job.ts';
import { saveResultFiles } from '../client/result-files.ts';
import { openSession } from '../client/session.ts';
import type { Session } from '../client/session.ts';
import type { Options } from '../command-table.ts';
import { defaultTenant } from '../command-table.ts';
import { CommandError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import { formatTime } from '../output/format.ts';
import { jobDetails, jobSummary, jobTable } from '../output/job-text.ts';
import { jobName, tenantName } from '../resource-names.ts';
import { readSince } from '../since.ts';
import type { Command, CommandContext } from './command.ts';
import { readFirstErrors, statusOf, waitForJob } from './waiting.ts';

const pageSize = 1000;

export const listJobs: Command = async ({ options, output, signal }) => {
  await using session = await openSession(options, signal);
  const { jobs } = session.api;
  const filter = { parent: tenantName(options.tenant ?? defaultTenant), pageSize, ...filterOf(options) };
  const importJobs: ImportJob[] = [];
  let pageToken = '';
  do {
    const page = await ask(jobs.listImportJobs.bind(jobs), ListImportJobsRequest.fromPartial({ ...filter, pageToken }), { signal });
    importJobs.push(...page.importJobs);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  output.answer(
    () => jobTable(importJobs),
    // An empty list is an answer too, though the mapping leaves it out.
    () => ({ importJobs: [], ...(ListImportJobsResponse.toJSON({ importJobs, nextPageToken: '' }) as object) }),
  );
  return ExitStatus.fine;
};

export const getJob: Command = async (context) => {
  const name = nameIn(context);
  await using session = await openSession(context.options, context.signal);
  const job = await readJob(session, name, context.signal);
  const digest = job.stats?.errors ? await readDigest(session, name, context.signal) : undefined;
  context.output.answer(
    () => jobDetails(job, digest),
    () => ({ ...(ImportJob.toJSON(job) as object), ...(digest && { errorDigest: GetErrorDigestResponse.toJSON(digest) }) }),
  );
  return ExitStatus.fine;
};

export const watchJob: Command = async (context) => {
  const name = nameIn(context);
  await using session = await openSession(context.options, context.signal);
  const job = await showEnd(session, name, context);
  return statusOf(job, context.output);
};

/** Asks for the cancellation and waits for it: the slices in flight end first. */
export const cancelJob: Command = async (context) => {
  const name = nameIn(context);
  await using session = await openSession(context.options, context.signal);
  const { jobs } = session.api;
  await ask(jobs.cancelImportJob.bind(jobs), { name }, { signal: context.signal });
  const job = await showEnd(session, name, context);
  if (job.status === 'CANCELLED') return ExitStatus.fine;
  context.output.note('The job had ended before it could be cancelled.');
  return ExitStatus.refused;
};

export const resumeJob: Command = async (context) => {
  const name = nameIn(context);
  await using session = await openSession(context.options, context.signal);
  const { jobs } = session.api;
  await ask(jobs.resumeImportJob.bind(jobs), { name }, { signal: context.signal });
  const job = await showEnd(session, name, context);
  return statusOf(job, context.output);
};

export const deleteJob: Command = async (context) => {
  const name = nameIn(context);
  await using session = await openSession(context.options, context.signal);
  const { jobs } = session.api;
  await ask(jobs.deleteImportJob.bind(jobs), { name }, { signal: context.signal });
  context.output.answer(
    () => `Job ${name.split('/').at(-1)} is deleted, with its files.`,
    () => ({}),
  );
  return ExitStatus.fine;
};

export const downloadJob: Command = async (context) => {
  const { options, output, signal } = context;
  const name = nameIn(context);
  await using session = await openSession(options, signal);
  const job = await readJob(session, name, signal);
  if (!isFinal(job))
    throw new CommandError(
      `Job ${job.id} is not finished; its files are there when it is. Follow it with 'advocate jobs watch ${job.id}'.`,
    );
  const paths = await saveResultFiles(session.api, name, options.out ?? '.', signal);
  if (paths.length === 0) throw new CommandError(`Job ${job.id} has no files${expiry(job)}.`);
  output.answer(
    () => paths.join('\n'),
    () => ({ files: paths }),
  );
  return ExitStatus.fine;
};

const expiry = (job: ImportJob): string =>
  job.dateExpires > 0 && job.dateExpires < Date.now() ? `: they went away on ${formatTime(job.dateExpires)}` : '';

const nameIn = ({ operands: [job = ''], options }: CommandContext): string => jobName(options.tenant ?? defaultTenant, job);

function filterOf({ type, status, since }: Options): Partial<ListImportJobsRequest> {
  return {
    ...(type === undefined ? {} : { type: type === 'users' ? 'USERS' : 'USER_DELETIONS' }),
    ...(status === undefined ? {} : { status: status.toUpperCase() as ImportJob_Status }),
    ...(since === undefined ? {} : { createdFrom: readSince(since, Date.now()) ?? 0 }),
  };
}

function readDigest({ api: { jobs } }: Session, name: string, signal: AbortSignal): Promise<GetErrorDigestResponse> {
  return ask(jobs.getErrorDigest.bind(jobs), { name, examplesPerCause: 0 }, { signal });
}

async function readJob(session: Session, name: string, signal: AbortSignal): Promise<ImportJob> {
  const { jobs } = session.api;
  const { importJob } = await ask(jobs.getImportJob.bind(jobs), { name }, { signal });
  if (importJob === undefined) throw new CommandError('The server answered without a job.');
  return importJob;
}

async function showEnd(session: Session, name: string, { output, signal }: CommandContext): Promise<ImportJob> {
  const job = await waitForJob(session, name, output, signal);
  const errors = await readFirstErrors(session, job, signal);
  output.answer(
    () => jobSummary(job, errors),
    () => ImportJob.toJSON(job),
  );
  return job;
}
