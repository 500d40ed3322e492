import { TrustedRoot } from '@sigstore/protobuf-specs';
import { isObject, parseJson, UserError } from '@suite/foundation';

/**
 * Reads what `gh attestation trusted-root` prints: one trusted root on each line, or a single one as a JSON file. Throws a UserError that
 * names `file`.
 */
export function parseTrustedRoots(text: string, file: string): readonly TrustedRoot[] {
  const whole = parseJson(text);
  const values =
    whole === undefined
      ? text
          .split('\n')
          .filter(line => line.trim() !== '')
          .map(parseJson)
      : [whole];
  const roots = values.map(readRoot);
  const known = roots.filter(root => root !== undefined);
  if (known.length > 0 && known.length === roots.length) return known;
  throw new UserError({
    message: `${file} holds no trusted root.`,
    location: { kind: 'input', name: 'trusted-root' },
    remedy: 'Write it with `gh attestation trusted-root`.',
  });
}

function readRoot(value: unknown): TrustedRoot | undefined {
  if (!isObject(value) || !String(value['mediaType']).startsWith('application/vnd.dev.sigstore.trustedroot')) {
    return undefined;
  }
  try {
    return TrustedRoot.fromJSON(value);
  } catch {
    return undefined;
  }
}
