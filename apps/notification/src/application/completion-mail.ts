import type { Job, OutcomeCounts } from '@advocate/domain';
import { countRows, noOutcomes } from '@advocate/domain';
import { jobFiles, jobWarnings } from '@advocate/messages';
import type { Mail } from '@advocate/ports';

const verbs = { PENDING: 'is pending', COMPLETED: 'is complete', ABORTED: 'was aborted', CANCELLED: 'was cancelled' } as const;

/** The mail that tells a job's end. It has counts and file names, and no participant's data. */
export function completionMail(job: Job): Mail {
  const what = job.plan.type === 'users' ? 'import of users' : 'deletion of users';
  const title = job.displayName === '' ? `Your ${what}` : `Your ${what} "${job.displayName.replace(/\s+/g, ' ')}"`;
  const counts = job.counts ?? noOutcomes;
  const { results, errors } = jobFiles(job);
  const lines = [
    `${title} ${verbs[job.status]}.`,
    '',
    ...(job.abortReason === undefined ? [] : [`Reason: ${job.abortReason}`, '']),
    `Rows: ${format(countRows(counts))}`,
    ...countLines(counts),
    '',
    ...(countRows(counts) > counts.failed ? [`Results: ${results.filename}`] : []),
    ...(counts.failed > 0
      ? [`Errors: ${errors.filename}. Correct these rows and import them again; rows that succeeded need not be sent again.`]
      : []),
    `Fetch the files with: advocate jobs download ${job.id}`,
    ...jobWarnings(job).map((warning) => `Note: ${warning}`),
  ];
  return {
    // A job that was aborted and resumed ends again, with a mail of its own.
    id: job.resumptions === undefined ? job.id : `${job.id}-${job.resumptions}`,
    to: job.mailtoEmail,
    subject: `${title} ${verbs[job.status]}`,
    text: `${lines.join('\n')}\n`,
    date: job.dateCompleted ?? 0,
  };
}

function countLines(counts: OutcomeCounts): string[] {
  return Object.entries<number>({ ...counts })
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `  ${kind}: ${format(count)}`);
}

const format = (count: number): string => count.toLocaleString('en-US');
