const mark = '***';

/** What is a secret by its form alone, whoever wrote it. The part in front stays, so that a reader sees what was there. */
const forms: readonly (readonly [form: RegExp, instead: string])[] = [
  // RFC 7519: header and claims of a token begin with `{"`.
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, mark],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${mark}`],
  // GitHub's tokens, and Argo CD's and registries' in URLs.
  [/\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,})/g, mark],
  [/(\/\/[^/\s:@]*:)[^/\s@]+@/g, `$1${mark}@`],
  // Azure: signatures of shared access, and keys in connection strings.
  [/([?&;](?:sig|sv|se|sp|st|code)=)[^&\s"']+/gi, `$1${mark}`],
  [/\b((?:Account|Shared(?:Access)?)Key\s*=\s*)[\w+/]{8,}=*/gi, `$1${mark}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, mark],
  [
    /("?\b[\w-]*(?:password|passwd|secret|token|api[-_]?key|private[-_]?key)"?\s*[=:]\s*)("[^"\n]+"|[^\s",;}]+)/gi,
    `$1${mark}`,
  ],
];

/**
 * Text without secrets: neither those that are known, as they are or in base64, as JSON or in a URL, nor what looks like one. Rather
 * takes away too much.
 */
export function redact(text: string, known: Iterable<string>): string {
  const written = [...known].flatMap(secret => [secret, ...secret.split('\n')]).filter(part => part.trim().length >= 4);
  const variants = new Set(
    written.flatMap(secret => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      ...base64Forms(secret),
    ]),
  );
  // The longest first: one may be a part of another.
  const all = [...variants].sort((one, other) => other.length - one.length);
  const clean = all.reduce((left, variant) => left.replaceAll(variant, mark), text);
  return forms.reduce((left, [form, instead]) => left.replace(form, instead), clean);
}

/** Where a secret stands in base64 depends on what stands before it: three alignments, without the characters at the ends that mix. */
function base64Forms(secret: string): string[] {
  return [0, 1, 2].flatMap(before => {
    const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)])
      .toString('base64')
      .replace(/=+$/, '');
    const inner = encoded.slice(before === 0 ? 0 : before + 1, -1);
    return inner.length < 8 ? [] : [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
