import { RequestError } from './request-error.ts';

/** What a page may have at most. */
const maxPageSize = 1000;

/** Reads `page_size`: 0 stands for the default, and more than 1,000 for 1,000. Throws INVALID_ARGUMENT when it is negative. */
export function readPageSize(pageSize: number, defaultPageSize: number): number {
  if (pageSize < 0) throw new RequestError('INVALID_ARGUMENT', 'INVALID_PAGE_SIZE', 'page_size must not be negative.');
  return Math.min(pageSize || defaultPageSize, maxPageSize);
}

/** Cuts a page out of what was found when one more was asked for than it may have; `tokenOf` its last item continues there. */
export function pageOf<Item>(
  found: readonly Item[],
  size: number,
  tokenOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly nextPageToken: string } {
  const items = found.slice(0, size);
  const last = items.at(-1);
  return { items, nextPageToken: found.length > size && last !== undefined ? tokenOf(last) : '' };
}
