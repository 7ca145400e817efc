import type { DownloadLinkedFileResponse } from '@advocate/contracts';
import type { FileLinks } from '@advocate/messages';
import type { JobStore } from '@advocate/ports';
import { RequestError } from '@advocate/service';
import type { DownloadDependencies } from './download-file.ts';
import { downloadFile } from './download-file.ts';

export interface LinkedDownloadDependencies extends DownloadDependencies {
  readonly jobs: JobStore;
  readonly links: FileLinks;
}

/** Streams the one file that a signed link is for. Throws, as the contract says, when it is forged, when its time is over, and when the job or the file is gone. */
export async function* downloadLinkedFile(
  dependencies: LinkedDownloadDependencies,
  token: string,
): AsyncGenerator<DownloadLinkedFileResponse> {
  const { jobs, links, now } = dependencies;
  const linked = links.read(token);
  if (linked === undefined) {
    const message = 'This link is not valid: it was changed, or is not from here. Copy it whole from the mail.';
    throw new RequestError('PERMISSION_DENIED', 'LINK_INVALID', message);
  }
  const { tenant, jobId, kind, expires } = linked;
  if (expires <= now()) {
    const message = `This link expired on ${new Date(expires).toISOString().slice(0, 10)}, and the file with it. Import the file again to have it again.`;
    throw new RequestError('FAILED_PRECONDITION', 'LINK_EXPIRED', message);
  }
  const job = await jobs.get(tenant, jobId);
  if (job === undefined)
    throw new RequestError('NOT_FOUND', 'JOB_NOT_FOUND', 'The import of this link was deleted, and its files with it.');
  yield* downloadFile(dependencies, job, kind);
}
