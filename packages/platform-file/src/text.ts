import { UserError, utf8Length } from '@suite/foundation';

// A platform of six environments in four regions, each spelled out, stays below half of it.
const largest = 128 * 1024;

/** The text of a file without its byte order mark. Throws a UserError for what is too large or not UTF-8. */
export function decodeText(content: string | Uint8Array, path: string): string {
  const size = typeof content === 'string' ? utf8Length(content) : content.byteLength;
  if (size > largest) {
    throw new UserError({
      message: `The file has ${size} bytes; at most ${largest} are read.`,
      location: { kind: 'file', path, line: 1, column: 1 },
    });
  }
  if (typeof content === 'string') return content.replace(/^\ufeff/, '').toWellFormed();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw new UserError(
      {
        message: 'The file is not UTF-8 text: here is the first byte that is none.',
        location: { kind: 'file', path, ...firstInvalid(content) },
        remedy: 'Save it as UTF-8.',
      },
      { cause },
    );
  }
}

/** Decoded leniently and encoded again, a text changes first where it was invalid. */
function firstInvalid(content: Uint8Array): { line: number; column: number } {
  const again = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(content));
  const offset = content.findIndex((byte, index) => byte !== again[index]);
  const before = new TextDecoder().decode(content.subarray(0, Math.max(0, offset)));
  const lines = before.split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
