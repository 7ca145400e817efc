import type { ImportJob } from '@advocate/contracts';
import { formatCount, formatNumber } from '@advocate/format';
import { getErrorDigest } from '../../api/jobs.ts';
import { LoadedView } from '../../components/loaded-view.tsx';
import { useLoad } from '../../hooks/use-load.ts';
import { digestPauseMs } from '../../progress/digest-pause.ts';
import { isPending } from '../../text/job-words.ts';
import { ErrorExamples } from './error-examples.tsx';

const never = 86_400_000;

/** Why rows failed, grouped by cause; nothing where none did. */
export function ErrorCauses({ tenant, job }: { tenant: string; job: ImportJob }) {
  const moving = isPending(job);
  const errors = job.stats?.errors ?? 0;
  const digest = useLoad(
    async (signal) => (errors === 0 ? undefined : getErrorDigest(tenant, job.id, signal)),
    [tenant, job.id, moving, errors > 0],
    (_digest, tookMs) => (moving && errors > 0 ? digestPauseMs(tookMs) : never),
  );
  if (errors === 0) return null;
  return (
    <section class="card" aria-labelledby="errors">
      <div class="card-head">
        <h2 id="errors">Why rows failed</h2>
        <p class="hint">{formatCount(errors, 'row')} failed; the others are applied.</p>
      </div>
      <LoadedView of={digest} failure="The causes could not be loaded">
        {(found) => (
          <ul class="causes">
            {found?.causes.map(({ message, apiErrorCode, count, examples }, index) => (
              <li key={message + apiErrorCode}>
                <details open={index === 0}>
                  <summary>
                    <span class="cause-count">{formatNumber(count)}</span>
                    <span class="cause-message">{message}</span>
                    <code class="cause-code">{apiErrorCode}</code>
                  </summary>
                  <ErrorExamples examples={examples} count={count} label={message} />
                </details>
              </li>
            ))}
          </ul>
        )}
      </LoadedView>
    </section>
  );
}
