import { useState } from 'preact/hooks';
import { type Action, useAction } from './use-action.ts';

interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string;
}

/** A list of which the first page is there and the others are asked for. */
export interface More<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
  readonly more: Action<[]>;
}

/** Begins with a page and appends the next one each time `more` runs. */
export function useMore<T>(first: Page<T>, load: (pageToken: string, signal: AbortSignal) => Promise<Page<T>>): More<T> {
  const [pages, setPages] = useState<readonly Page<T>[]>([]);
  const all = [first, ...pages];
  const { nextPageToken } = all.at(-1)!;
  const more = useAction(async () => {
    const page = await load(nextPageToken, AbortSignal.timeout(30_000));
    setPages((before) => [...before, page]);
  });
  return { items: all.flatMap(({ items }) => items), hasMore: nextPageToken !== '', more };
}
