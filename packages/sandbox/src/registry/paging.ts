import type { WorldRequest } from '../network/http.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** `Link` when there is more. */
  readonly headers: Readonly<Record<string, string>>;
}

const usualPage = 100;

/**
 * One page of a sorted list: `n` items after `last`, with a link to the next (Azure/acr docs/AAD-OAuth.md, "Pagination").
 * What else the query holds is asked again by that link.
 */
export function nextPage<T>(
  { query }: WorldRequest,
  path: string,
  sorted: readonly T[],
  keyOf: (item: T) => string,
): Page<T> {
  const last = query.get('last');
  const size = Math.min(usualPage, Number(query.get('n')) || usualPage);
  const rest = last === null ? sorted : sorted.filter(item => keyOf(item) > last);
  const items = rest.slice(0, size);
  const end = items.at(-1);
  if (rest.length <= size || end === undefined) return { items, headers: {} };
  const next = new URLSearchParams(query);
  next.set('last', keyOf(end));
  next.set('n', String(size));
  return { items, headers: { Link: `<${path}?${next}>; rel="next"` } };
}
