import { untrue } from './failure.ts';
import type { Requests } from './requests.ts';

/** Where an upload goes on. Token and content go to no other place than this registry. */
export function uploadPlace(requests: Requests, repository: string, headers: Headers): URL {
  const location = headers.get('location') ?? '';
  const base = requests.urlOf(repository, 'blobs/uploads/');
  const place = URL.canParse(location, base.href) ? new URL(location, base) : undefined;
  if (location !== '' && place?.origin === base.origin) return place;
  throw untrue(requests.host, 'no place of its own for an upload');
}
