import type { ImportJob } from '@advocate/contracts';
import { resumeJob } from '../../api/jobs.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Icon } from '../../components/icon.tsx';
import { useAction } from '../../hooks/use-action.ts';

/** Why a job was aborted, and how to let it go on. */
export function ResumeJob({ tenant, job, onResumed }: { tenant: string; job: ImportJob; onResumed: (job: ImportJob) => void }) {
  const resume = useAction(async () => onResumed(await resumeJob(tenant, job.id)));
  return (
    <>
      <div class="notice notice-bad">
        <Icon name="alert" />
        <div class="notice-text">
          <p class="notice-title">The job was aborted</p>
          <p>{job.abortReason}</p>
          <p>Once that is repaired the job can go on where it stopped. Rows that were applied stay applied.</p>
        </div>
        <button type="button" class="button" disabled={resume.isRunning} onClick={() => void resume.run()}>
          {resume.isRunning ? 'Resuming…' : 'Resume'}
        </button>
      </div>
      {resume.error !== undefined && <ErrorNotice title="The job was not resumed" error={resume.error} />}
    </>
  );
}
