import type { ImportJob } from '@advocate/contracts';
import { useEffect, useState } from 'preact/hooks';
import { formatCount, formatDuration } from '@advocate/format';
import { getProgressHistory } from '../../api/jobs.ts';
import { LoadedView } from '../../components/loaded-view.tsx';
import { useLoad } from '../../hooks/use-load.ts';
import { progressSeries, withProgress } from '../../progress/progress-series.ts';
import { isPending } from '../../text/job-words.ts';
import { Plot } from './plot.tsx';

/** Rows over time: what the server kept, and what happens while one looks. */
export function ProgressOverTime({ tenant, job }: { tenant: string; job: ImportJob }) {
  const moving = isPending(job);
  const history = useLoad((signal) => getProgressHistory(tenant, job.id, signal), [tenant, job.id, moving]);
  const [points, setPoints] = useState(progressSeries(job, []));
  useEffect(() => {
    if (history.value !== undefined) setPoints(progressSeries(job, history.value.points));
  }, [history.value]);
  useEffect(() => {
    if (moving) setPoints((before) => withProgress(before, job, Date.now()));
  }, [job]);

  const first = points[0];
  const last = points.at(-1);
  return (
    <section class="card" aria-labelledby="over-time">
      <h2 id="over-time">Progress over time</h2>
      <LoadedView of={history} failure="The progress so far could not be loaded">
        {() =>
          first === undefined || last === undefined || points.length < 2 ? (
            <p class="hint plot-empty">{moving ? 'The line begins with the first rows.' : 'Nothing is kept of how this job went.'}</p>
          ) : (
            <Plot
              points={points}
              summary={`${formatCount(last.recordsProcessed, 'row')} after ${formatDuration(last.date - first.date)}`}
            />
          )
        }
      </LoadedView>
    </section>
  );
}
