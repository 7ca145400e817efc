import type { ImportJob } from '@advocate/contracts';
import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { deleteJob } from '../../api/jobs.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { useAction } from '../../hooks/use-action.ts';
import { jobsAddress } from '../../text/addresses.ts';
import { jobTitle } from '../../text/job-words.ts';

/** Removes a job with its files, after asking. */
export function DeleteJob({ tenant, job }: { tenant: string; job: ImportJob }) {
  const { route } = useLocation();
  const [asks, setAsks] = useState(false);
  const remove = useAction(async () => {
    await deleteJob(tenant, job.id);
    route(jobsAddress(tenant));
  });
  return (
    <>
      <button type="button" class="button" onClick={() => setAsks(true)}>
        Delete job
      </button>
      {asks && (
        <ConfirmDialog title="Delete this job?" confirm="Delete the job" keep="Keep it" action={remove} onClose={() => setAsks(false)}>
          <p>
            <strong>{jobTitle(job)}</strong> goes away with its files, and links to them in mails stop working. What its rows did to
            participants stays.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
