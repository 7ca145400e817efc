/** What the process tells its caller; scripts rely on the numbers. One that a signal ended has 128 and the signal's number, as shells do. */
export const ExitStatus = {
  /** Everything asked for was done, and every row is fine. */
  fine: 0,
  /** The job completed, or the file was validated, and some rows failed. */
  rowsFailed: 1,
  /** Refused, aborted, cancelled, not there, or wrongly asked. */
  refused: 2,
} as const;
