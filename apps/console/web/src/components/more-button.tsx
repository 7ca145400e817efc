import type { Action } from '../hooks/use-action.ts';
import { ErrorNotice } from './error-notice.tsx';

/** Asks for the next page of a list. */
export const MoreButton = ({ more, label }: { more: Action<[]>; label: string }) => (
  <>
    {more.error !== undefined && <ErrorNotice title="The next ones could not be loaded" error={more.error} />}
    <button type="button" class="button" disabled={more.isRunning} onClick={() => void more.run()}>
      {more.isRunning ? 'Loading…' : label}
    </button>
  </>
);
