import type { ComponentChildren } from 'preact';
import type { Action } from '../hooks/use-action.ts';
import { Dialog } from './dialog.tsx';
import { ErrorNotice } from './error-notice.tsx';

interface ConfirmDialogProps {
  readonly title: string;
  /** What the button that does it says. */
  readonly confirm: string;
  /** What the button that leaves everything as it is says. */
  readonly keep: string;
  readonly action: Action<[]>;
  readonly onClose: () => void;
  readonly isReady?: boolean;
  readonly children: ComponentChildren;
}

/** Asks before something that cannot be undone, and stays open with the error when it is refused. */
export const ConfirmDialog = ({ title, confirm, keep, action, onClose, isReady = true, children }: ConfirmDialogProps) => (
  <Dialog title={title} onClose={onClose}>
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) void action.run();
      }}
    >
      <div class="dialog-text">{children}</div>
      {action.error !== undefined && <ErrorNotice title="That did not work" error={action.error} />}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>
          {keep}
        </button>
        <button type="submit" class="button button-danger" disabled={!isReady || action.isRunning}>
          {action.isRunning ? 'One moment…' : confirm}
        </button>
      </div>
    </form>
  </Dialog>
);
