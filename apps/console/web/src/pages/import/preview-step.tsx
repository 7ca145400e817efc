import type { PreviewImportResponse } from '@advocate/contracts';
import { formatCount } from '@advocate/format';
import type { NewJob } from '../../api/jobs.ts';
import { Icon } from '../../components/icon.tsx';
import { LoadedView } from '../../components/loaded-view.tsx';
import type { Shown } from '../../hooks/use-load.ts';
import { ColumnList } from './column-list.tsx';
import { PreviewTable } from './preview-table.tsx';
import { RowCheck } from './row-check.tsx';

interface PreviewStepProps {
  readonly tenant: string;
  readonly job: NewJob;
  readonly preview: Shown<PreviewImportResponse | undefined>;
}

/** The file as a job would read it: its problems, its columns, its first rows. */
export const PreviewStep = ({ tenant, job, preview }: PreviewStepProps) => (
  <section class="card" aria-labelledby="preview">
    <h2 id="preview">Preview</h2>
    <LoadedView of={preview} failure="The preview could not be made" lines={6}>
      {(found) =>
        found !== undefined && (
          <div class="stack">
            {found.problems.length > 0 ? (
              <div class="notice notice-bad" role="alert">
                <Icon name="alert" />
                <div class="notice-text">
                  <p class="notice-title">This file cannot be imported as it is</p>
                  <ul>
                    {found.problems.map((problem) => (
                      <li key={problem}>{problem}</li>
                    ))}
                  </ul>
                  <p>Correct the file and select it again.</p>
                </div>
              </div>
            ) : (
              <p role="status">
                <strong class="big">{formatCount(found.recordsTotal, 'row')}</strong> in {found.format},{' '}
                {formatCount(found.columns.length, 'column')}.
              </p>
            )}
            {found.warnings.length > 0 && (
              <div class="notice notice-warn">
                <Icon name="alert" />
                <ul class="notice-text">
                  {found.warnings.map((warning) => (
                    <li key={warning}>{warning}</li>
                  ))}
                </ul>
              </div>
            )}
            {found.columns.length > 0 && <ColumnList columns={found.columns} />}
            {found.rows.length > 0 && <PreviewTable preview={found} />}
            {found.problems.length === 0 && found.recordsTotal > 0 && (
              <RowCheck key={job.type + job.fileRef + JSON.stringify(job.params)} tenant={tenant} job={job} />
            )}
          </div>
        )
      }
    </LoadedView>
  </section>
);
