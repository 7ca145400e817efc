import type { ErrorCause, Job, OutcomeCounts } from '@advocate/domain';
import { countRows, noOutcomes } from '@advocate/domain';
import type { FileLinks } from '@advocate/messages';
import { jobWarnings } from '@advocate/messages';
import type { Mail } from '@advocate/ports';
import { htmlOf } from './completion-mail-html.ts';
import { textOf } from './completion-mail-text.ts';

/** What a completion mail says, in the order in which it says it. It has counts, causes and links, and no participant's data. */
export interface CompletionNotice {
  readonly subject: string;
  readonly status: 'COMPLETED' | 'ABORTED' | 'CANCELLED';
  /** Why the job was aborted. */
  readonly reason?: string;
  readonly rows: string;
  /** Rows by outcome; those that there are. */
  readonly counts: readonly Counted[];
  /** Why rows failed, the most frequent causes first. */
  readonly causes: readonly Counted[];
  /** Rows that failed of causes that are not listed. */
  readonly otherErrors: string | undefined;
  readonly nextSteps: readonly string[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
  /** The day on which the files go, as people write it. */
  readonly expires: string;
  readonly page: string;
  readonly warnings: readonly string[];
}

export interface Counted {
  readonly label: string;
  readonly count: string;
}

const verbs = { PENDING: 'is pending', COMPLETED: 'is complete', ABORTED: 'was aborted', CANCELLED: 'was cancelled' } as const;
const maxCauses = 10;

/** The mail that tells a job's end, as HTML and as plain text. */
export function completionMail(job: Job, links: FileLinks): Mail {
  const notice = noticeOf(job, links);
  return {
    // A job that was aborted and resumed ends again, with a mail of its own.
    id: job.resumptions === undefined ? job.id : `${job.id}-${job.resumptions}`,
    to: job.mailtoEmail,
    subject: notice.subject,
    text: textOf(notice),
    html: htmlOf(notice),
    date: job.dateCompleted ?? 0,
  };
}

function noticeOf(job: Job, links: FileLinks): CompletionNotice {
  const { status, abortReason, counts = noOutcomes, errorCauses = [], dateExpires = 0 } = job;
  const what = job.plan.type === 'users' ? 'import of users' : 'deletion of users';
  const title = job.displayName === '' ? `Your ${what}` : `Your ${what} "${job.displayName.replace(/\s+/g, ' ')}"`;
  const causes = errorCauses.slice(0, maxCauses);
  const otherErrors = counts.failed - causes.reduce((sum, { count }) => sum + count, 0);
  const { results, errors, failedRows, source } = links.ofJob(job);
  return {
    subject: `${title} ${verbs[status]}`,
    status: status === 'PENDING' ? 'COMPLETED' : status,
    ...(abortReason === undefined ? {} : { reason: abortReason }),
    rows: format(countRows(counts)),
    counts: countsOf(counts),
    causes: causes.map(counted),
    otherErrors: otherErrors > 0 ? format(otherErrors) : undefined,
    nextSteps: nextStepsOf(job, counts),
    links: [
      ...linkTo('Results', results),
      ...linkTo('Errors', errors),
      ...linkTo('Failed rows', failedRows),
      ...linkTo('Uploaded file', source),
    ],
    expires: new Date(dateExpires).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }),
    page: links.pageOf(job),
    warnings: jobWarnings(job),
  };
}

const counted = ({ message, count }: ErrorCause): Counted => ({ label: message, count: format(count) });

const linkTo = (label: string, url: string | undefined): { label: string; url: string }[] => (url === undefined ? [] : [{ label, url }]);

function countsOf(counts: OutcomeCounts): Counted[] {
  return Object.entries<number>({ ...counts })
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => ({ label: kind, count: format(count) }));
}

function nextStepsOf({ id, status }: Job, { failed }: OutcomeCounts): string[] {
  const correct = 'Download the failed rows, correct them and import that file; rows that succeeded need not be sent again.';
  switch (status) {
    case 'ABORTED':
      return [
        `Rows that have an outcome keep it. Once the reason is gone, resume the job and it goes on where it stopped: advocate jobs resume ${id}`,
      ];
    case 'CANCELLED':
      return ['Rows that have an outcome keep it. To have the others applied, import the file again.', ...(failed > 0 ? [correct] : [])];
    default:
      return [failed > 0 ? correct : 'Nothing is left to do: every row succeeded.'];
  }
}

const format = (count: number): string => count.toLocaleString('en-US');
