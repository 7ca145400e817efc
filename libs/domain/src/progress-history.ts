/** Rows of which the outcomes were stored at one time. */
export interface RowsStored {
  /** Epoch milliseconds. */
  readonly date: number;
  /** Failed ones included. */
  readonly rows: number;
  readonly failed: number;
}

/** How far a job was. */
export interface ProgressPoint {
  /** Epoch milliseconds. */
  readonly date: number;
  /** Rows with an outcome by then, failed ones included. */
  readonly records: number;
  /** Failed rows by then. */
  readonly failed: number;
}

const maxPoints = 200;

/** How a job went, by what was stored when, in any order: at most 200 points in order of time, each at the end of its share of the time; the last has all rows. */
export function historyOf(stored: readonly RowsStored[]): readonly ProgressPoint[] {
  const inOrder = stored.toSorted((one, other) => one.date - other.date);
  const first = inOrder[0]?.date ?? 0;
  const share = ((inOrder.at(-1)?.date ?? 0) - first) / maxPoints;
  const points = new Map<number, ProgressPoint>();
  let records = 0;
  let failed = 0;
  for (const chunk of inOrder) {
    records += chunk.rows;
    failed += chunk.failed;
    points.set(share === 0 ? 0 : Math.min(Math.floor((chunk.date - first) / share), maxPoints - 1), { date: chunk.date, records, failed });
  }
  return [...points.values()];
}
