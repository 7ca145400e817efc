const numbers = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
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
  return formatClock(ms);
}

/** `12 s`, `3 min 05 s`, `2 h 07 min`: for what changes while one looks at it. */
export function formatClock(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  return minutes < 60 ? `${minutes} min ${two(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** Seconds on an axis, as short as can be: `0`, `500 ms`, `1.5 s`, `15 s`, `2 min`, `2 min 30 s`, `3 h`. */
export function formatTick(seconds: number): string {
  if (seconds === 0) return '0';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 && seconds < 3600 ? `${seconds / 60} min` : formatClock(seconds * 1000);
}

/** Rounded down, so that 100 % means done: `45%`. */
export const formatShare = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.floor((part / whole) * 100)}%`;

/** The last instant that has a date in JavaScript. */
const latestTime = 8.64e15;

const dateAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const dayOnly = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const toTheSecond = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** How a time is shown: `23 Nov 2026, 16:13`, `23 Nov 2026`, `23 Nov, 16:13:44`. */
export type TimeStyle = 'minute' | 'day' | 'second';

const timeFormats: Readonly<Record<TimeStyle, Intl.DateTimeFormat>> = { minute: dateAndTime, day: dayOnly, second: toTheSecond };

/** In the reader's time zone; the number itself for a time beyond all calendars. */
export const formatTime = (epochMs: number, style: TimeStyle = 'minute'): string =>
  Math.abs(epochMs) > latestTime ? String(epochMs) : timeFormats[style].format(epochMs);

/** For the `datetime` of a `<time>`. */
export const isoTime = (epochMs: number): string => (Math.abs(epochMs) > latestTime ? '' : new Date(epochMs).toISOString());
