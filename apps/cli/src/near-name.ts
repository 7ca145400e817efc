/** The known name that a person most likely meant: at most two edits, and less than half of the name, away. */
export function nearName(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let shortest = 3;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate);
    if (distance < shortest && distance * 2 < candidate.length) {
      nearest = candidate;
      shortest = distance;
    }
  }
  return nearest;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row++) {
    const above = rows[row - 1]!;
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = above[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(Math.min(replaced, above[column]! + 1, current[column - 1]! + 1, swapped ? rows[row - 2]![column - 2]! + 1 : Infinity));
    }
    rows.push(current);
  }
  return rows[from.length]![to.length]!;
}
