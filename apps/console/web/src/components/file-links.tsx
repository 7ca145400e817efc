import type { ImportJob } from '@advocate/contracts';
import { filePath } from '../api/jobs.ts';
import { useJobFiles } from '../hooks/use-job-files.ts';
import { jobTitle } from '../text/job-words.ts';
import { Icon } from './icon.tsx';

/** Downloads of a job's files, as short links. */
export function FileLinks({ tenant, job }: { tenant: string; job: ImportJob }) {
  const { files } = useJobFiles(tenant, job);
  return (
    <ul class="file-links">
      {files.map(({ file, label }) => (
        <li key={file}>
          <a href={filePath(tenant, job.id, file)} download>
            <Icon name="download" />
            {label}
            <span class="visually-hidden"> of {jobTitle(job)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
