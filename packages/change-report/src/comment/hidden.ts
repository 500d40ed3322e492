import { parseJson } from '@suite/foundation';
import type { z } from 'zod';

/** What a text of ours says of itself to us alone, in its first line. */
export interface HiddenMarker<T> {
  /** One line, an HTML comment. base64url holds nothing that could end it. */
  write(marker: T): string;
  /** The marker that a text begins with; undefined when it is none of ours or was changed by hand. */
  read(body: string): T | undefined;
}

/** `name`: `platform-plan:v1`. */
export function hiddenMarker<T>(name: string, schema: z.ZodType<T>): HiddenMarker<T> {
  const pattern = new RegExp(`^<!-- ${name} ([A-Za-z0-9_-]+) -->`);
  return {
    write: marker => `<!-- ${name} ${Buffer.from(JSON.stringify(marker)).toString('base64url')} -->`,
    read: body => {
      const found = pattern.exec(body)?.[1];
      if (found === undefined) return undefined;
      const result = schema.safeParse(parseJson(Buffer.from(found, 'base64url').toString('utf8')));
      return result.success ? result.data : undefined;
    },
  };
}
