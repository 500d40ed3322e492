/** What must not be read in the log of a job. Grows while the job runs; what was printed before stays. */
export interface Masks {
  /** The text itself, and each of its lines. */
  add(secret: string): void;
  hide(text: string): string;
  /** Whether something in the text would be hidden. */
  finds(text: string): boolean;
}

export function createMasks(): Masks {
  const secrets = new Set<string>();
  const hide = (text: string) => {
    const ranges = [...secrets].flatMap(secret => occurrences(text, secret)).sort(([a], [b]) => a - b);
    let hidden = '';
    let at = 0;
    // Masks that touch become one, so that two halves of a secret do not show where they meet.
    for (let index = 0; index < ranges.length; ) {
      const [start, firstEnd] = ranges[index] as Range;
      let end = firstEnd;
      for (index++; index < ranges.length && (ranges[index] as Range)[0] <= end; index++) {
        end = Math.max(end, (ranges[index] as Range)[1]);
      }
      hidden += `${text.slice(at, start)}***`;
      at = end;
    }
    return hidden + text.slice(at);
  };
  return {
    add: secret => {
      if (secret.trim() !== '') secrets.add(secret);
      for (const line of secret.split(/\r?\n|\r/)) if (line.trim() !== '') secrets.add(line.trim());
    },
    hide,
    finds: text => [...secrets].some(secret => text.includes(secret)),
  };
}

type Range = readonly [start: number, end: number];

function occurrences(text: string, secret: string): Range[] {
  const found: Range[] = [];
  for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) found.push([at, at + secret.length]);
  return found;
}
