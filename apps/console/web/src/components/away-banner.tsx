import { connection, useConnection } from '../hooks/use-connection.ts';
import { Icon } from './icon.tsx';

/** Says that the server is away and what to do; goes by itself when it is back. */
export function AwayBanner() {
  const { away } = useConnection();
  return (
    <div role="status" aria-live="polite">
      {away && (
        <div class="away">
          <Icon name="plug" />
          <p>
            <strong>The server does not answer.</strong> Jobs that run there go on, and nothing is lost here. If you run it yourself, start
            it with <code>advocate serve</code>. This page asks again every few seconds.
          </p>
          <button type="button" class="button" onClick={() => void connection.retry()}>
            Ask now
          </button>
        </div>
      )}
    </div>
  );
}
