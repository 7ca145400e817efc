const shapes = {
  check: 'M4 10.5l4 4 8-9',
  alert: 'M10 3l8 14H2zM10 8v4M10 14.4v.1',
  clock: 'M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM10 6v4.2l2.8 1.8',
  stop: 'M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM6.5 10h7',
  cross: 'M5 5l10 10M15 5L5 15',
  download: 'M10 3v9M6 8.5l4 4 4-4M4 16.5h12',
  upload: 'M10 13V4M6 7.5l4-4 4 4M4 16.5h12',
  file: 'M5 2.5h6.5L15 6v11.5H5zM11 2.5V6.5h4',
  people: 'M7.5 9.5a3 3 0 100-6 3 3 0 000 6zM2 16.5c.4-3 2.6-4.5 5.5-4.5s5.1 1.5 5.5 4.5M13 4a2.7 2.7 0 010 5.2M15 12.3c1.8.6 2.8 2 3 4.2',
  search: 'M8.5 3a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM12.5 12.5L17 17',
  running: 'M10 2.5a7.5 7.5 0 11-7.5 7.5',
  plug: 'M7 2.5v4M13 2.5v4M5 6.5h10v3a5 5 0 01-10 0zM10 14.5v3',
} as const;

export type IconName = keyof typeof shapes;

/** A picture beside words that say the same. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg class={`icon icon-${name}`} viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
    <path d={shapes[name]} fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" />
  </svg>
);
