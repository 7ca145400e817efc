import { barParts, type OutcomeCount } from '../text/job-words.ts';

/** The shares of the outcomes as one bar; the counts beside it say the same. */
export const OutcomeBar = ({ counts }: { counts: readonly OutcomeCount[] }) => (
  <svg class="outcome-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    {barParts(counts).map(({ outcome, start, width }) => (
      <rect key={outcome} class={`fill-${outcome}`} x={start} y="0" width={width} height="1" />
    ))}
  </svg>
);
