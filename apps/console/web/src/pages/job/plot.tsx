import type { ProgressPoint } from '@advocate/contracts';
import { useEffect, useRef } from 'preact/hooks';
import { plotColumns } from '../../progress/progress-series.ts';
import type { ProgressPlot } from './draw-plot.ts';

/** How often a moving line is drawn at most. */
const redrawMs = 250;

/** A line of rows over time, one of failed rows, and in words where they end. */
export function Plot({ points, summary }: { points: readonly ProgressPoint[]; summary: string }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<ProgressPlot>(undefined);
  const latest = useRef(points);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  latest.current = points;

  useEffect(() => {
    let isGone = false;
    void import('./draw-plot.ts').then(({ ProgressPlot }) => {
      if (!isGone) plot.current = new ProgressPlot(place.current!, plotColumns(latest.current));
    });
    return () => {
      isGone = true;
      clearTimeout(timer.current);
      plot.current?.destroy();
    };
  }, []);

  useEffect(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      plot.current?.show(plotColumns(latest.current));
    }, redrawMs);
  }, [points]);

  return (
    <figure class="plot">
      <div ref={place} class="plot-place" aria-hidden="true" />
      <figcaption>
        <span class="legend legend-rows">Rows</span>
        <span class="legend legend-errors">Failed</span>
        <span class="plot-summary">{summary}</span>
      </figcaption>
    </figure>
  );
}
