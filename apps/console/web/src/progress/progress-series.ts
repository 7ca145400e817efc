import type { ImportJob, ProgressPoint } from '@advocate/contracts';

/** A line of points is not drawn finer than that. */
const mostPoints = 600;

/** A job's progress for the plot: in order of time, from its start, at most 600 points. */
export function progressSeries(job: ImportJob, points: readonly ProgressPoint[]): readonly ProgressPoint[] {
  const begin: ProgressPoint = { date: job.dateStarted, recordsProcessed: 0, errors: 0 };
  const first = points[0];
  return first === undefined || (job.dateStarted > 0 && job.dateStarted < first.date && first.recordsProcessed > 0)
    ? thinned(job.dateStarted > 0 ? [begin, ...points] : points)
    : thinned(points);
}

/** The points with where the job is now; the same array when that is not further than the last one. */
export function withProgress(points: readonly ProgressPoint[], job: ImportJob, now: number): readonly ProgressPoint[] {
  const { recordsProcessed = 0, errors = 0 } = job.stats ?? {};
  const last = points.at(-1);
  if (last !== undefined && (recordsProcessed <= last.recordsProcessed || now <= last.date)) return points;
  return thinned([...points, { date: now, recordsProcessed, errors }]);
}

/** Every other point, but always the first and the last, once there are too many. */
function thinned(points: readonly ProgressPoint[]): readonly ProgressPoint[] {
  return points.length <= mostPoints ? points : points.filter((_, index) => index % 2 === 0 || index === points.length - 1);
}

/** The columns that the plot takes: seconds since the start, rows, failed rows. */
export function plotColumns(points: readonly ProgressPoint[]): [number[], number[], number[]] {
  const start = points[0]?.date ?? 0;
  return [
    points.map(({ date }) => (date - start) / 1000),
    points.map(({ recordsProcessed }) => recordsProcessed),
    points.map(({ errors }) => errors),
  ];
}
