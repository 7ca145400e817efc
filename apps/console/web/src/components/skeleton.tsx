/** The place of what is loading; it shows only when that takes longer than a moment. */
export const Skeleton = ({ lines = 4 }: { lines?: number }) => (
  <div class="skeleton" role="status">
    <span class="visually-hidden">Loading…</span>
    {Array.from({ length: lines }, (_, line) => (
      <span key={line} class={`skeleton-line skeleton-line-${line % 4}`} />
    ))}
  </div>
);
