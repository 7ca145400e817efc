import { useState } from 'preact/hooks';
import { formatCount, formatNumber } from '@advocate/format';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import type { Action } from '../../hooks/use-action.ts';
import type { Draft } from './draft.ts';

interface DeletionDialogProps {
  readonly draft: Draft;
  readonly rows: number;
  readonly start: Action<[]>;
  readonly onClose: () => void;
}

/** Lets the number of rows be typed before they are deleted. */
export function DeletionDialog({ draft, rows, start, onClose }: DeletionDialogProps) {
  const [typed, setTyped] = useState('');
  return (
    <ConfirmDialog
      title={`Delete ${formatCount(rows, 'user')}?`}
      confirm={`Delete ${formatCount(rows, 'user')}`}
      keep="Keep them"
      action={start}
      onClose={onClose}
      isReady={typed.replace(/[\s,.’']/g, '') === String(rows)}
    >
      <p>
        The file has <strong>{formatCount(rows, 'row')}</strong>. Each deletes one user with rewards, events, codes, links, custom fields
        and segments. This cannot be undone.
      </p>
      <ul>
        <li>Accounts that become empty are {draft.preserveEmptyAccounts ? 'kept' : 'deleted too'}.</li>
        <li>
          {draft.doNotTrack
            ? 'The users are put on the do-not-track list: later imports of them are refused.'
            : 'The users can be imported again.'}
        </li>
      </ul>
      <label class="field">
        <span class="label">Type the number of rows, {formatNumber(rows)}, to confirm</span>
        <input type="text" inputMode="numeric" autocomplete="off" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
      </label>
    </ConfirmDialog>
  );
}
