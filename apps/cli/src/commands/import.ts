import { ask, CreateImportJobResponse, ImportJob } from '@advocate/contracts';
import { prepareFolder } from '../client/result-files.ts';
import { openSession } from '../client/session.ts';
import type { Session } from '../client/session.ts';
import { findSourceFile } from '../client/source-file.ts';
import type { SourceFile } from '../client/source-file.ts';
import { uploadFile } from '../client/upload.ts';
import { defaultTenant } from '../command-table.ts';
import { CommandError, Interrupted } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import { jobLine, jobSummary, validationText } from '../output/job-text.ts';
import { tenantName } from '../resource-names.ts';
import type { Command, CommandContext } from './command.ts';
import { readFirstErrors, saveFilesOf, shownErrors, statusOf, waitForJob } from './waiting.ts';

export const importUsers: Command = (context) => runImport('USERS', context);

export const importDeletions: Command = (context) => runImport('USER_DELETIONS', context);

async function runImport(type: ImportJob['type'], context: CommandContext): Promise<number> {
  const { options, output, signal } = context;
  const [path = ''] = context.operands;
  const folder = options.out ?? '.';
  const file = await findSourceFile(path, options.format);
  if (file.size === 0) output.note(`'${path}' is empty (0 bytes).`);
  const waits = !options['validate-only'] && !options['no-wait'];
  if (waits) await prepareFolder(folder);

  await using session = await openSession(options, signal);
  const fileRef = await upload(session, file, context);
  const created = await create(session, type, fileRef, context);

  if (created.validation !== undefined) {
    const { validation, importJob } = created;
    output.answer(
      () => validationText(validation, importJob?.warnings ?? [], shownErrors),
      () => CreateImportJobResponse.toJSON(created),
    );
    return validation.recordsInvalid === 0 ? ExitStatus.fine : ExitStatus.rowsFailed;
  }
  const accepted = created.importJob;
  if (accepted === undefined) throw new CommandError('The server accepted the import, but answered without a job.');
  if (!waits) {
    output.answer(
      () => jobLine(accepted),
      () => ImportJob.toJSON(accepted),
    );
    return ExitStatus.fine;
  }

  output.note(`Job ${accepted.id} accepted.`);
  const job = await waitForJob(session, accepted.name, output, signal);
  const files = await saveFilesOf(session, job, folder, signal);
  const errors = await readFirstErrors(session, job, signal);
  output.answer(
    () => jobSummary(job, errors, files),
    () => ImportJob.toJSON(job),
  );
  return statusOf(job, output);
}

async function upload(session: Session, file: SourceFile, { options, output, signal }: CommandContext): Promise<string> {
  const progress = output.progress();
  const parent = tenantName(options.tenant ?? defaultTenant);
  try {
    const follower = {
      sent: (bytes: number) => progress.uploaded(bytes, file.size),
      serverGone: () => progress.note('The server is gone; the upload goes on when it is back.'),
    };
    return await uploadFile(session.api, parent, file, follower, signal);
  } catch (error) {
    if (error instanceof Interrupted) progress.note('Interrupted; the upload was broken off and no job was created.');
    throw error;
  } finally {
    progress.done();
  }
}

async function create(
  session: Session,
  type: ImportJob['type'],
  fileRef: string,
  { options, output, signal }: CommandContext,
): Promise<CreateImportJobResponse> {
  const importJob = ImportJob.fromPartial({
    type,
    fileRef,
    displayName: options.name ?? '',
    requester: 'CLI',
    format: options.format === undefined ? 'FORMAT_UNSPECIFIED' : options.format === 'csv' ? 'CSV' : 'JSONL',
    mailtoEmail: options['mail-to'] ?? '',
    params: {
      programId: options['program-id'] ?? '',
      segments: [...(options.segment ?? [])],
      preserveEmptyAccounts: options['preserve-empty-accounts'] ?? false,
      doNotTrack: options['do-not-track'] ?? false,
    },
  });
  const request = {
    parent: tenantName(options.tenant ?? defaultTenant),
    importJob,
    requestId: options['request-id'] ?? '',
    validateOnly: options['validate-only'] ?? false,
  };
  try {
    return await ask(session.api.jobs.createImportJob.bind(session.api.jobs), request, { signal });
  } catch (error) {
    if (error instanceof Interrupted) {
      output.note(
        request.validateOnly ? 'Interrupted; nothing was applied.' : "Interrupted; 'advocate jobs list' shows whether the job was created.",
      );
    }
    throw error;
  }
}
