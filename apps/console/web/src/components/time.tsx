import { formatTime, isoTime, type TimeStyle } from '../text/format.ts';

/** A time in epoch milliseconds, in the reader's time zone. */
export const Time = ({ at, as = 'minute' }: { at: number; as?: TimeStyle }) => <time dateTime={isoTime(at)}>{formatTime(at, as)}</time>;
