import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Job } from '@advocate/domain';
import { countRows, noOutcomes } from '@advocate/domain';
import type { JobStore } from '@advocate/ports';
import type { JobFileKind } from './job-files.ts';

export interface FileLinkOptions {
  /** Keys the signatures; made once per data folder or database when absent. */
  readonly linkSecret?: string;
  /** Where people reach the console, without a `/` at the end. */
  readonly consoleUrl: string;
}

/** What a link is good for: one file, until a time in epoch milliseconds. */
export interface LinkedFile {
  readonly tenant: string;
  readonly jobId: string;
  readonly kind: JobFileKind;
  readonly expires: number;
}

/** Opens the links of all who share the job store, or the secret that is given. */
export async function openFileLinks(jobs: JobStore, { linkSecret, consoleUrl }: FileLinkOptions): Promise<FileLinks> {
  return new FileLinks(linkSecret ?? (await jobs.secret('file-links')), consoleUrl);
}

const macBytes = 32;

/** Signed links to files of jobs: whoever has one needs nothing else to download its file, and can make no other of it. */
export class FileLinks {
  readonly #secret: string;
  readonly #consoleUrl: string;

  constructor(secret: string, consoleUrl: string) {
    this.#secret = secret;
    this.#consoleUrl = consoleUrl;
  }

  /**
   * Links to the files that an ended job has, until they expire; none while the job is pending. An aborted one gets none to its upload and what is cut out of
   * it: that it is gone is what aborts a job.
   */
  ofJob({ tenant, id, status, dateExpires, counts = noOutcomes }: Job): Readonly<Partial<Record<JobFileKind, string>>> {
    if (dateExpires === undefined) return {};
    const link = (kind: JobFileKind): string => `${this.#consoleUrl}/files/${this.sign({ tenant, jobId: id, kind, expires: dateExpires })}`;
    const hasSource = status !== 'ABORTED';
    return {
      ...(countRows(counts) > counts.failed ? { results: link('results') } : {}),
      ...(counts.failed > 0 ? { errors: link('errors') } : {}),
      ...(counts.failed > 0 && hasSource ? { failedRows: link('failedRows') } : {}),
      ...(hasSource ? { source: link('source') } : {}),
    };
  }

  /** The job's page in the console. */
  pageOf({ tenant, id }: Job): string {
    return `${this.#consoleUrl}/t/${tenant}/jobs/${id}`;
  }

  /** The last part of a link's path: letters, digits, `-` and `_`. */
  sign({ tenant, jobId, kind, expires }: LinkedFile): string {
    const text = Buffer.from([tenant, jobId, kind, expires].join('/'));
    return Buffer.concat([text, this.#mac(text)]).toString('base64url');
  }

  /** What a link's last part was signed for, whether or not its time is over; nothing when it was not signed with this secret, or was changed. */
  read(token: string): LinkedFile | undefined {
    const bytes = Buffer.from(token, 'base64url');
    const text = bytes.subarray(0, -macBytes);
    // Letters that mean nothing must not make another link of the same.
    if (bytes.length <= macBytes || bytes.toString('base64url') !== token) return undefined;
    if (!timingSafeEqual(bytes.subarray(-macBytes), this.#mac(text))) return undefined;
    const [tenant = '', jobId = '', kind, expires] = text.toString().split('/');
    return { tenant, jobId, kind: kind as JobFileKind, expires: Number(expires) };
  }

  #mac(text: Uint8Array): Buffer {
    return createHmac('sha256', this.#secret).update('file link\n').update(text).digest();
  }
}
