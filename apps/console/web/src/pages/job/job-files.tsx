import type { ImportJob } from '@advocate/contracts';
import { filePath } from '../../api/jobs.ts';
import { Icon } from '../../components/icon.tsx';
import { Time } from '../../components/time.tsx';
import { useJobFiles } from '../../hooks/use-job-files.ts';
import { isExpired, isPending } from '../../text/job-words.ts';

/** The downloads of a job, until when they are there, or why there are none. */
export function JobFiles({ tenant, job }: { tenant: string; job: ImportJob }) {
  const { files, isOriginalGone } = useJobFiles(tenant, job);
  return (
    <section class="card" aria-labelledby="files">
      <h2 id="files">Files</h2>
      {isPending(job) ? (
        <p class="hint">The files are written when the job is done.</p>
      ) : isExpired(job, Date.now()) ? (
        <p class="expired">
          <Icon name="clock" />
          <span>
            The files expired on <Time at={job.dateExpires} as="day" /> and were removed. The counts above remain. Import the file again if
            you need new ones.
          </span>
        </p>
      ) : (
        <>
          <ul class="downloads">
            {files.map(({ file, label, description }) => (
              <li key={file}>
                <a class="download" href={filePath(tenant, job.id, file)} download>
                  <Icon name="download" />
                  <span>
                    {label}
                    <span class="hint">{description}</span>
                  </span>
                </a>
              </li>
            ))}
          </ul>
          {isOriginalGone && <p class="hint">The file as it was uploaded is gone.</p>}
          {job.dateExpires > 0 && files.length > 0 && (
            <p class="hint">
              Available until <Time at={job.dateExpires} as="day" />.
            </p>
          )}
        </>
      )}
    </section>
  );
}
