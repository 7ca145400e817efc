import type { ImportJob } from '@advocate/contracts';
import { useState } from 'preact/hooks';
import { cancelJob } from '../../api/jobs.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { useAction } from '../../hooks/use-action.ts';
import { jobTitle } from '../../text/job-words.ts';

interface CancelJobProps {
  readonly tenant: string;
  readonly job: ImportJob;
  readonly onCancelled: (job: ImportJob) => void;
  readonly isSmall?: boolean;
}

/** Stops a job, after asking. Until its slices in flight have ended the job is still pending, and the button says so. */
export function CancelJob({ tenant, job, onCancelled, isSmall = false }: CancelJobProps) {
  const [asks, setAsks] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const cancel = useAction(async () => {
    const answered = await cancelJob(tenant, job.id);
    setAsked(true);
    setAsks(false);
    onCancelled(answered);
  });
  return (
    <>
      <button type="button" class={isSmall ? 'button button-small' : 'button'} disabled={isAsked} onClick={() => setAsks(true)}>
        {isAsked ? 'Cancelling…' : 'Cancel'}
        <span class="visually-hidden"> {jobTitle(job)}</span>
      </button>
      {asks && (
        <ConfirmDialog title="Cancel this job?" confirm="Cancel the job" keep="Let it run" action={cancel} onClose={() => setAsks(false)}>
          <p>
            <strong>{jobTitle(job)}</strong> stops after the rows it is working on. Rows that were applied stay applied and are in the
            results; the others are left out.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
