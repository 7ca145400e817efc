export { formatBytes, formatCount, formatNumber } from './numbers.ts';
export { formatClock, formatDuration } from './durations.ts';
