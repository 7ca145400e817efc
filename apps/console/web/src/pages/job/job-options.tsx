import type { ImportJob } from '@advocate/contracts';
import type { ComponentChildren } from 'preact';
import { formatBytes } from '@advocate/format';
import { fileName, typeLabel } from '../../text/job-words.ts';
import { describeOperation, readOperation } from '../../text/segment-operations.ts';

/** What was asked for. */
export function JobOptions({ job }: { job: ImportJob }) {
  const { programId = '', segments = [], preserveEmptyAccounts = false, doNotTrack = false } = job.params ?? {};
  const deletes = job.type === 'USER_DELETIONS';
  return (
    <section class="card" aria-labelledby="job-options">
      <h2 id="job-options">Options</h2>
      <dl class="facts">
        <Fact label="Type">{typeLabel(job.type)}</Fact>
        <Fact label="File">
          {fileName(job.fileRef)}, {formatBytes(job.stats?.bytesTotal ?? 0)}
        </Fact>
        {!deletes && (
          <Fact label="Segments">
            {segments.length === 0
              ? 'Left as they are'
              : segments.map((text, index) => <p key={index}>{describeOperation(readOperation(text))}</p>)}
          </Fact>
        )}
        {programId !== '' && <Fact label="Program">{programId}</Fact>}
        {deletes && <Fact label="Empty accounts">{preserveEmptyAccounts ? 'Preserved' : 'Deleted'}</Fact>}
        {deletes && <Fact label="Do not track">{doNotTrack ? 'Yes' : 'No'}</Fact>}
        <Fact label="Mail to">{job.mailtoEmail || 'Nobody'}</Fact>
        <Fact label="Requested by">{job.requester}</Fact>
        <Fact label="Id">
          <code>{job.id}</code>
        </Fact>
      </dl>
    </section>
  );
}

const Fact = ({ label, children }: { label: string; children: ComponentChildren }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);
