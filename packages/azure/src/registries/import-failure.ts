import { type Problem, printable, shorten, UserError, withFullStop } from '@suite/foundation';

/**
 * - `forbidden`: the identity lacks a right, on the target or on the source
 * - `firewall`: one of both registries lets Azure's import service not in
 * - `tenant`: the source is in another tenant, and no credentials were given for it
 * - `missing`: there is no such registry, or no such image in it
 * - `manifests`: the image has more manifests than can be imported
 * - `conflict`: a target tag exists, and nothing may be overwritten
 * - `busy`: the import service kept its limit up
 * - `unfinished`: it goes on still
 * - `other`: every other refusal
 */
export type ImportFailureKind =
  | 'forbidden'
  | 'firewall'
  | 'tenant'
  | 'missing'
  | 'manifests'
  | 'conflict'
  | 'busy'
  | 'unfinished'
  | 'other';

/** An image that Azure did not import. `kind` tells whether another way may work: streaming needs no import service. */
export class ImportFailure extends UserError {
  readonly kind: ImportFailureKind;

  constructor(kind: ImportFailureKind, problem: Problem, options: { cause?: unknown } = {}) {
    super(problem, options);
    this.kind = kind;
  }
}

/** Why Azure did not import, for whoever has another way. */
export interface ImportRefusalReason {
  /** One sentence. */
  readonly why: string;
  /** It is so for whatever is imported from there. */
  readonly isLasting: boolean;
}

/** Undefined for what is no refusal: an import that has not come to its end, and every other error. */
export function importRefusalOf(error: unknown): ImportRefusalReason | undefined {
  if (!(error instanceof ImportFailure) || error.kind === 'unfinished') return undefined;
  return { why: error.problems[0]?.message ?? error.message, isLasting: lasting.includes(error.kind) };
}

const lasting: readonly ImportFailureKind[] = ['forbidden', 'firewall', 'tenant'];

/** Microsoft Learn, "Import container images to a container registry", Limitations: manifests of one image. */
export const mostImportedManifests = 50;

/** What Azure said, be it at once or at the end of the operation. */
export interface ImportRefusal {
  /** HTTP status; undefined for what an operation ended with. */
  readonly status: number | undefined;
  readonly code: string;
  readonly message: string;
}

/**
 * The code of an operation that failed is `InvalidParameters` or `BadRequest` for nearly everything, so its sentence decides.
 * Sentences are those of Azure/acr#237, #422, #449, #571, Azure/azure-cli#10938, MicrosoftDocs/azure-docs#33442, #115975 and
 * dotnet/docker-tools#1062.
 */
const sentences: readonly (readonly [pattern: RegExp, kind: ImportFailureKind])[] = [
  [/is not allowed access|aka\.ms\/acr\/firewall|"code":"DENIED"/i, 'firewall'],
  [/not authorized to access linked subscription|from the wrong issuer/i, 'tenant'],
  [/already exists in target registry/i, 'conflict'],
  [/\bHAP429\b|TooManyRequests|too many requests|being throttled/i, 'busy'],
  // No report quotes this one; the limit itself is documented.
  [/manifests?\b.*\b(?:maximum|limit|exceed|too many)|(?:maximum|limit|exceed|too many)\b.*\bmanifests/i, 'manifests'],
  [/MANIFEST_UNKNOWN|NAME_UNKNOWN|Unable to find manifest digest|manifest .*not found/i, 'missing'],
  [/does not have (?:permission|authorization) to perform action|\bUnauthorized\b|access to \S+ denied/i, 'forbidden'],
];

export function kindOf({ status, code, message }: ImportRefusal): ImportFailureKind {
  const told = sentences.find(([pattern]) => pattern.test(message))?.[1];
  if (told !== undefined) return told;
  if (status === 401 || status === 403 || /Authorization(?:Failed)?$/.test(code)) return 'forbidden';
  if (status === 404 || /NotFound$/.test(code)) return 'missing';
  return status === 409 || code === 'Conflict' ? 'conflict' : 'other';
}

export interface ImportContext {
  /** Begins a sentence: `The apply identity of environment prod (client id …)`. */
  readonly who: string;
  /** Name of the target. */
  readonly registry: string;
  /** `shop/api@sha256:…`. */
  readonly image: string;
  /** Where the image comes from: a login server or a resource id. */
  readonly source: string;
}

const lackedRight =
  /does not have (?:permission|authorization) to perform action(?:\(s\))? '([^']+)' (?:over|on) (?:the linked )?scope(?:\(s\))? '([^']+)'/;

export function describeImportRefusal(refusal: ImportRefusal, context: ImportContext): Problem {
  const { registry, image, source } = context;
  const said = line(refusal);
  const base = `The registry ${registry} could not import ${image} from ${source}: ${said}`;
  const kind = kindOf(refusal);
  if (kind === 'forbidden') {
    const right = lackedRight.exec(refusal.message);
    return right === null
      ? { message: base, remedy: remedies.forbidden }
      : {
          message: printable(
            `${context.who} may not perform \`${right[1]}\` on ${right[2]}, so ${registry} could not import ${image}.`,
          ),
          remedy: remedies.forbidden,
        };
  }
  const remedy = remedies[kind];
  return { message: base, ...(remedy === undefined ? {} : { remedy }) };
}

const remedies = {
  forbidden:
    'Give it "Container Registry Data Importer and Data Reader" on the target and on the source; a new assignment takes some minutes to work.',
  // The address and the name in the answer are not always those of the registry that refused (Azure/azure-cli#31412).
  firewall:
    'Let trusted services pass the network rules of both registries; the one that Azure names is not always the one that refused.',
  tenant: 'Registries of different tenants import with credentials for the source, or are copied through the runner.',
  missing: 'Check that the source holds this digest, and that both registries exist.',
  manifests: `Azure imports images of at most ${mostImportedManifests} manifests; larger ones are copied through the runner.`,
  conflict: 'Look at what the tag stands for; overwrite it only if you mean to.',
  busy: 'Run it again later.',
  unfinished: 'Run it again: what has arrived by then is found.',
  other: undefined,
} as const satisfies Readonly<Record<ImportFailureKind, string | undefined>>;

export function unfinished({ registry, image, source }: ImportContext, minutes: number): ImportFailure {
  const message = `The registry ${registry} has not imported ${image} from ${source} within ${minutes} minutes.`;
  return new ImportFailure('unfinished', { message, remedy: remedies.unfinished });
}

function line({ code, message }: ImportRefusal): string {
  const text = code === '' || message.includes(code) ? message : `${code}: ${message}`;
  return withFullStop(shorten(printable(text).replace(/\s+/g, ' ').trim(), 600));
}
