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
