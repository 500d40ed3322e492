import { api } from '../shapes.ts';
import type { Call } from './route.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** `Link`, when there is more than one page. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One page (`per_page` 30, at most 100), with a `Link` whose addresses name the repository by its id, as GitHub's do. */
export function pageOf<T>({ query, repository }: Call, path: string, all: readonly T[]): Page<T> {
  const perPage = Math.min(number(query.get('per_page'), 30), 100);
  const page = number(query.get('page'), 1);
  const last = Math.max(1, Math.ceil(all.length / perPage));
  const link = (to: number, relation: string) => {
    const parameters = new URLSearchParams(query);
    parameters.set('page', String(to));
    return `<${api}/repositories/${repository.id}${path}?${parameters}>; rel="${relation}"`;
  };
  const links = [
    ...(page > 1 ? [link(Math.min(page - 1, last), 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ];
  return {
    items: all.slice((page - 1) * perPage, page * perPage),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}

function number(text: string | null, otherwise: number): number {
  const value = Number(text);
  return text !== null && Number.isInteger(value) && value > 0 ? value : otherwise;
}
