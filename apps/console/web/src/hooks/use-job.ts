import type { ImportJob } from '@advocate/contracts';
import { useEffect, useRef } from 'preact/hooks';
import { getJob, watchPath } from '../api/jobs.ts';
import { JobWatch } from '../progress/job-watch.ts';
import { Pace } from '../progress/pace.ts';
import { isPending } from '../text/job-words.ts';
import { later } from './later.ts';
import { type Loaded, useLoad } from './use-load.ts';

/** A job, followed as long as it is pending and the page can be seen, and its pace. */
export function useJob(tenant: string, id: string): Loaded<ImportJob> & { readonly pace: Pace } {
  const pace = useRef(new Pace()).current;
  const job = useLoad((signal) => getJob(tenant, id, signal), [tenant, id]);
  const { value, reload, replace } = job;
  const follows = value !== undefined && isPending(value);

  useEffect(() => {
    if (!follows) return;
    let watch: JobWatch | undefined;
    // A browser has few connections to a server: pages that nobody looks at give theirs back.
    const look = (): void => {
      watch?.stop();
      watch = document.hidden
        ? undefined
        : new JobWatch({ open: () => new EventSource(watchPath(tenant, id)), onJob: replace, onLost: reload, later });
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      watch?.stop();
    };
  }, [tenant, id, follows]);

  const { stats } = value ?? {};
  if (follows && stats !== undefined) pace.add(Date.now(), stats.recordsProcessed, stats.bytesProcessed);
  return { ...job, pace };
}
