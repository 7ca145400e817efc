import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatTick } from '../../text/format.ts';

/** Seconds, rows, failed rows. */
type Columns = [number[], number[], number[]];

const height = 220;
const compact = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });
const clockSteps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];
const countSteps = [1, 2, 5].flatMap((digit) => Array.from({ length: 10 }, (_, power) => digit * 10 ** power)).sort((a, b) => a - b);

/** The drawing of a job's progress: as wide as its place, in the colours of the page. */
export class ProgressPlot {
  readonly #place: HTMLElement;
  readonly #resizing: ResizeObserver;
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)');
  #columns: Columns;
  #plot: uPlot;

  constructor(place: HTMLElement, columns: Columns) {
    this.#place = place;
    this.#columns = columns;
    this.#plot = this.#draw();
    this.#resizing = new ResizeObserver(() => this.#plot.setSize({ width: place.clientWidth, height }));
    this.#resizing.observe(place);
    this.#scheme.addEventListener('change', this.#drawAnew);
  }

  show(columns: Columns): void {
    this.#columns = columns;
    this.#plot.setData(columns);
  }

  destroy(): void {
    this.#scheme.removeEventListener('change', this.#drawAnew);
    this.#resizing.disconnect();
    this.#plot.destroy();
  }

  readonly #drawAnew = (): void => {
    this.#plot.destroy();
    this.#plot = this.#draw();
  };

  #draw(): uPlot {
    const { color, borderTopColor, outlineColor, fontFamily, textDecorationColor } = getComputedStyle(this.#place);
    const axis = { stroke: color, font: `12px ${fontFamily}`, grid: { stroke: borderTopColor, width: 1 }, ticks: { show: false } };
    return new uPlot(
      {
        width: this.#place.clientWidth,
        height,
        padding: [12, 28, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.05)] } },
        axes: [
          {
            ...axis,
            incrs: clockSteps,
            size: 28,
            space: 70,
            values: (_plot, splits) => splits.map(formatTick),
          },
          { ...axis, incrs: countSteps, size: 52, values: (_plot, splits) => splits.map((rows) => compact.format(rows)) },
        ],
        series: [
          {},
          { stroke: outlineColor, fill: `color-mix(in srgb, ${outlineColor} 12%, transparent)`, width: 2, points: { show: false } },
          { stroke: textDecorationColor, width: 2, points: { show: false } },
        ],
      },
      this.#columns,
      this.#place,
    );
  }
}
