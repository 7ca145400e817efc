import type { JobQuery } from '../api/jobs.ts';

/** What the page of jobs shows, as its address has it. Days are `2026-11-23`, in the reader's time zone, the last one included. */
export interface JobFilter {
  readonly type: string;
  readonly status: string;
  readonly from: string;
  readonly to: string;
}

const types = ['USERS', 'USER_DELETIONS'];
const statuses = ['PENDING', 'COMPLETED', 'ABORTED', 'CANCELLED'];

/** Reads the address; what is not valid there does not restrict. */
export function readFilter(query: Readonly<Record<string, string>>): JobFilter {
  const known = (value: string | undefined, values: readonly string[]): string =>
    value !== undefined && values.includes(value) ? value : '';
  const day = (value = ''): string => (startOfDay(value) === undefined ? '' : value);
  return { type: known(query.type, types), status: known(query.status, statuses), from: day(query.from), to: day(query.to) };
}

export const isFiltered = (filter: JobFilter): boolean => Object.values(filter).some((value) => value !== '');

/** What to ask the server for. */
export function filterQuery({ type, status, from, to }: JobFilter): JobQuery {
  return { type, status, createdFrom: startOfDay(from), createdBefore: startOfDay(to, 1) };
}

/** The first instant of a day, or of one some days after it; undefined when it is no day. */
function startOfDay(day: string, daysLater = 0): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (year === undefined) return undefined;
  const start = new Date(Number(year), Number(month) - 1, Number(date) + daysLater);
  const meant = new Date(Number(year), Number(month) - 1, Number(date));
  return meant.getMonth() === Number(month) - 1 && meant.getDate() === Number(date) ? start.getTime() : undefined;
}
