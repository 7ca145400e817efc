import type { PreviewImportResponse } from '@advocate/contracts';
import { useState } from 'preact/hooks';
import { formatCount } from '@advocate/format';
import { ErrorNotice } from '../../components/error-notice.tsx';
import type { Action } from '../../hooks/use-action.ts';
import type { UploadProgress } from '../../hooks/use-upload.ts';
import { DeletionDialog } from './deletion-dialog.tsx';
import type { Draft } from './draft.ts';
import { findObstacle } from './find-obstacle.ts';

interface StartStepProps {
  readonly draft: Draft;
  readonly onChange: (changes: Partial<Draft>) => void;
  readonly preview: PreviewImportResponse | undefined;
  readonly progress: UploadProgress;
  readonly start: Action<[]>;
}

/** Name, mail and the start, which for a deletion asks once more. */
export function StartStep({ draft, onChange, preview, progress, start }: StartStepProps) {
  const [asks, setAsks] = useState(false);
  const deletes = draft.type === 'USER_DELETIONS';
  const obstacle = findObstacle(draft, progress.state, preview);
  const rows = preview?.recordsTotal ?? 0;
  return (
    <>
      <form
        class="card"
        aria-label="Start the job"
        onSubmit={(event) => {
          event.preventDefault();
          if (obstacle !== undefined) return;
          if (deletes) setAsks(true);
          else void start.run();
        }}
      >
        <label class="field">
          <span class="label">
            Name of the job <span class="hint">optional</span>
          </span>
          <input
            type="text"
            maxLength={255}
            placeholder="Spring campaign"
            value={draft.displayName}
            onInput={(event) => onChange({ displayName: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span class="label">
            Mail when it is done <span class="hint">optional</span>
          </span>
          <input
            type="email"
            autocomplete="email"
            placeholder="name@example.com"
            value={draft.mailtoEmail}
            onInput={(event) => onChange({ mailtoEmail: event.currentTarget.value })}
          />
        </label>
        {start.error !== undefined && !asks && <ErrorNotice title="The job was not started" error={start.error} />}
        <button
          type="submit"
          class={deletes ? 'button button-danger button-wide' : 'button button-primary button-wide'}
          disabled={obstacle !== undefined || start.isRunning}
          aria-describedby="obstacle"
        >
          {start.isRunning
            ? 'Starting…'
            : rows === 0
              ? `Start ${deletes ? 'deletion' : 'import'}`
              : `${deletes ? 'Delete' : 'Import'} ${formatCount(rows, deletes ? 'user' : 'row')}${deletes ? '…' : ''}`}
        </button>
        <p class="hint centred" id="obstacle">
          {obstacle ?? (deletes ? 'You are asked once more before anything is deleted.' : 'Rows that fail do not stop the others.')}
        </p>
      </form>
      {asks && <DeletionDialog draft={draft} rows={rows} start={start} onClose={() => setAsks(false)} />}
    </>
  );
}
