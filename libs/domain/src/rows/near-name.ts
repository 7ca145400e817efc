const maxDistance = 2;
const longestCompared = 80;

/**
 * The known name that a person most likely meant: one that differs only by case, spaces or punctuation, else one that is at most two edits
 * (and at most a third of its length) away.
 */
export function nearName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > longestCompared) return undefined;
  const plain = plainName(name);
  let nearest: string | undefined;
  let shortest = maxDistance + 1;
  for (const candidate of known) {
    const plainCandidate = plainName(candidate);
    if (plain === plainCandidate) return candidate;
    const distance = editDistance(plain, plainCandidate);
    if (distance < shortest && distance * 3 <= plainCandidate.length) {
      nearest = candidate;
      shortest = distance;
    }
  }
  return nearest;
}

const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Levenshtein's: the insertions, deletions and replacements that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = previous[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[to.length]!;
}
