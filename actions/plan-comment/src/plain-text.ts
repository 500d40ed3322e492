import { printable, shorten } from '@suite/foundation';

/** One line for titles and annotations, which GitHub shows as they are. */
export function plainText(text: string, limit: number): string {
  return shorten(printable(text).replaceAll('`', '').replace(/\s+/g, ' ').trim(), limit);
}
