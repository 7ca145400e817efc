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
