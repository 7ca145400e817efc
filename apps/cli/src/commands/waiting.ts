import type { ImportJob } from '@advocate/contracts';
import { followJob, isFinal } from '../client/follow-job.ts';
import { headOfFile, saveResultFiles } from '../client/result-files.ts';
import type { Session } from '../client/session.ts';
import { defaultTenant } from '../command-table.ts';
import { CommandError, Interrupted } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import { firstErrors, headBytes } from '../output/first-errors.ts';
import type { RowError } from '../output/first-errors.ts';
import { plainText } from '../output/format.ts';
import type { Output } from '../output/output.ts';

/** How many errors a summary shows. */
export const shownErrors = 5;

/** Follows a job to its end with progress on standard error. A person who interrupts it is told where the job stands. */
export async function waitForJob(session: Session, name: string, output: Output, signal: AbortSignal): Promise<ImportJob> {
  const progress = output.progress();
  const follower = {
    moved: (job: ImportJob) => progress.moved(job),
    serverGone: () => progress.note('The server is gone; waiting for it to come back.'),
  };
  try {
    return await followJob(session.api, name, follower, signal);
  } catch (error) {
    if (error instanceof Interrupted) progress.note(whereJobGoesOn(session, name));
    if (error instanceof CommandError) throw new CommandError(`${error.message} ${followIt(name)}`, { cause: error });
    throw error;
  } finally {
    progress.done();
  }
}

/** The first errors of a finished job, for its summary. */
export async function readFirstErrors(session: Session, job: ImportJob, signal: AbortSignal): Promise<RowError[]> {
  if (!isFinal(job) || (job.stats?.errors ?? 0) === 0) return [];
  const file = await headOfFile(session.api, job.name, 'ERRORS', headBytes, signal);
  return file === undefined ? [] : firstErrors(file.filename, file.head, shownErrors);
}

/** Saves what files a finished job has. An aborted job may have none, and its reason matters more than why. */
export async function saveFilesOf(session: Session, job: ImportJob, folder: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await saveResultFiles(session.api, job.name, folder, signal);
  } catch (error) {
    if (job.status !== 'ABORTED' || signal.aborted) throw error;
    return [];
  }
}

/** The exit status that a finished job stands for; the reason for status 2 goes to standard error. */
export function statusOf(job: ImportJob, output: Output): number {
  if (job.status === 'COMPLETED') return (job.stats?.errors ?? 0) === 0 ? ExitStatus.fine : ExitStatus.rowsFailed;
  output.note(job.status === 'ABORTED' ? `The job was aborted: ${plainText(job.abortReason)}` : 'The job was cancelled.');
  return ExitStatus.refused;
}

/** The job as it is given to another command: its id, or with another tenant than the default one, its whole name. */
const asOperand = (name: string): string => (name.startsWith(`tenants/${defaultTenant}/`) ? name.slice(name.lastIndexOf('/') + 1) : name);

const followIt = (name: string): string => `Follow it with 'advocate jobs watch ${asOperand(name)}'.`;

const whereJobGoesOn = (session: Session, name: string): string =>
  session.dataDir === undefined
    ? `Interrupted; the job goes on; follow it with advocate jobs watch ${asOperand(name)}`
    : `Interrupted; job ${asOperand(name)} resumes at the next start with --data ${session.dataDir}`;
