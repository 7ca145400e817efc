const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1,234,567`. */
export const formatNumber = (value: number): string => numbers.format(value);

/** A number with its noun: `1 row`, `2,000 rows`. */
export const formatCount = (value: number, noun: string): string => `${formatNumber(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Three digits or so: `999 B`, `1.2 MB`, `340 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? formatNumber(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `8 ms`, `1.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(Math.max(0, ms))} ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  return minutes < 60 ? `${minutes} min ${two(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** The last instant that has a date in JavaScript. */
const latestTime = 8.64e15;

/** ISO 8601 in UTC, to the second; empty for no time, and the number itself for one beyond all calendars. */
export function formatTime(epochMs: number): string {
  if (epochMs === 0) return '';
  return Math.abs(epochMs) > latestTime ? String(epochMs) : new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Lines of aligned columns, the last one as long as it is. Columns named in `right` are aligned right. */
export function formatTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (text: string, column: number): string =>
    right.includes(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}

// A terminal acts on these; text from files and servers must not reach it with them.

const controls = /[\u0000-\u001f\u007f-\u009f]/g;

/** Text from outside on one line, without what a terminal would act on. */
export const plainText = (text: string): string => text.replace(controls, ' ');
