/** Who signed, as the certificate says that Fulcio made from the token of a job. A claim that it does not have is empty. */
export interface SignerClaims {
  /** `https://token.actions.githubusercontent.com` */
  readonly issuer: string;
  /** The workflow file that holds the job: `https://github.com/org/actions/.github/workflows/promote.yml@refs/tags/v1`. */
  readonly signer: string;
  /** GitHub's id of the repository whose run it was, which outlives a rename, and its address. */
  readonly repositoryId: string;
  readonly repository: string;
  /** Commit and ref of that run. */
  readonly commit: string;
  readonly ref: string;
  /** Page of the attempt that signed. */
  readonly run: string;
}

/** Fulcio's own extensions: `fulcio/docs/oid-info.md`. */
const fulcio = '1.3.6.1.4.1.57264.1';
const numbers: Readonly<Record<Exclude<keyof SignerClaims, 'signer'>, number>> = {
  issuer: 8,
  repository: 12,
  commit: 13,
  ref: 14,
  repositoryId: 15,
  run: 21,
};
const utf8String = 0x0c;

interface Extension {
  readonly oid?: { readonly id: readonly number[] } | undefined;
  readonly value: Buffer;
}

/** Reads them from a certificate whose signature was verified. */
export function readClaims(subject: string | undefined, extensions: readonly Extension[]): SignerClaims {
  const claim = (name: keyof typeof numbers) => {
    const found = extensions.find(({ oid }) => oid?.id.join('.') === `${fulcio}.${numbers[name]}`);
    return found === undefined ? '' : readText(found.value);
  };
  return {
    issuer: claim('issuer'),
    signer: subject ?? '',
    repositoryId: claim('repositoryId'),
    repository: claim('repository'),
    commit: claim('commit'),
    ref: claim('ref'),
    run: claim('run'),
  };
}

/** A UTF8String in DER: its tag, its length in one byte or in as many as the first one says, its bytes. Anything else is no claim. */
function readText(der: Buffer): string {
  const [tag, first = 0] = der;
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  const start = 2 + lengthBytes;
  if (tag !== utf8String || lengthBytes > 4 || der.length < start) return '';
  const length = lengthBytes === 0 ? first : der.readUIntBE(2, lengthBytes);
  return der.length === start + length ? der.toString('utf8', start) : '';
}
