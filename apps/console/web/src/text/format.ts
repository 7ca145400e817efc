import { formatClock } from '@advocate/format';

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
