/** Why a Helm command failed, for code that acts on it. Texts come from outside: `translate.ts` makes them harmless. */
export type FailureDetail =
  /** The last revision is `pending-*`: another Helm is at work, or one was cut off. Nothing was changed. */
  | { readonly kind: 'pending' }
  /** Somebody else manages fields that the chart sets (server-side apply). */
  | { readonly kind: 'conflict'; readonly object: string; readonly conflicts: readonly FieldConflict[] }
  /** Fields that only a new object could have. */
  | { readonly kind: 'immutable'; readonly object: string; readonly fields: readonly string[] }
  /** The API server takes an object for malformed. */
  | { readonly kind: 'invalid'; readonly object: string; readonly reasons: readonly string[] }
  /** The cluster knows no such kind: its CustomResourceDefinition is missing. */
  | { readonly kind: 'missing-kind'; readonly objectKind: string; readonly apiVersion: string }
  /** An object of this name is there and is not the release's. */
  | { readonly kind: 'not-owned'; readonly object: string }
  /** A rollback: the object is there, and the last revision had it no more. */
  | { readonly kind: 'not-in-last-revision'; readonly object: string }
  | { readonly kind: 'webhook-denied'; readonly webhook: string; readonly reason: string }
  | { readonly kind: 'webhook-unreachable'; readonly webhook: string; readonly reason: string }
  /** A ValidatingAdmissionPolicy, or PodSecurity. */
  | { readonly kind: 'policy-denied'; readonly policy: string; readonly reason: string }
  | { readonly kind: 'quota'; readonly reason: string }
  | {
      readonly kind: 'forbidden';
      readonly user: string;
      readonly verb: string;
      /** `deployments.apps` */
      readonly resource: string;
      /** Absent at the scope of the cluster. */
      readonly namespace?: string;
    }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'untrusted'; readonly reason: string }
  /** The API server, or the way to it, failed for a moment. Another try may pass; what was done until then stays. */
  | { readonly kind: 'server-trouble'; readonly reason: string }
  | { readonly kind: 'unauthorized' }
  /** The record of the release is over the 1 MiB of a Secret. Nothing was changed. */
  | { readonly kind: 'release-too-large' }
  | { readonly kind: 'hook-failed'; readonly event: string; readonly reason: string }
  | { readonly kind: 'timeout'; readonly reason: string }
  | { readonly kind: 'release-not-found' }
  | { readonly kind: 'revision-not-found'; readonly revision: string }
  | { readonly kind: 'namespace-not-found'; readonly namespace: string }
  /** Values that the schema of a chart, or of one of its dependencies, rejects. */
  | { readonly kind: 'values'; readonly violations: readonly SchemaViolation[] }
  /** `template` is its path in the chart, with the line where it is known. */
  | { readonly kind: 'template'; readonly template: string; readonly reason: string }
  | { readonly kind: 'kube-version'; readonly required: string; readonly actual: string }
  | { readonly kind: 'missing-dependency'; readonly dependencies: readonly string[] }
  /** No such chart or version at its address. */
  | { readonly kind: 'chart-not-found'; readonly reason: string }
  /** The version's chart has another digest than the one that was asked for. */
  | { readonly kind: 'digest'; readonly expected: string; readonly actual: string }
  /** The registry or repository lets nobody, or not us, read it. */
  | { readonly kind: 'registry-denied'; readonly reason: string }
  | { readonly kind: 'registry-unreachable'; readonly reason: string }
  /** A combination of options that Helm refuses: ours to avoid. */
  | { readonly kind: 'misuse'; readonly reason: string }
  | { readonly kind: 'other'; readonly reason: string };

export type FailureKind = FailureDetail['kind'];

export interface FieldConflict {
  /** As its manager calls itself: `kubectl`, `aks-admissions-enforcer`. */
  readonly manager: string;
  /** `.spec.template.spec.containers[name="api"].image` */
  readonly fields: readonly string[];
}

export interface SchemaViolation {
  readonly chart: string;
  /** `policy.level`; empty for the values as a whole. */
  readonly path: string;
  /** `got string, want integer` */
  readonly reason: string;
}

/** A Helm command that failed, as it happened: the `cause` of what people are told. */
export class HelmFailure extends Error {
  override readonly name = 'HelmFailure';
  readonly detail: FailureDetail;
  /** All that Helm printed to stderr. */
  readonly text: string;

  constructor(message: string, detail: FailureDetail, text: string) {
    super(message);
    this.detail = detail;
    this.text = text;
  }
}

/** What failed, if a Helm command is why `error` was thrown. */
export function helmFailureOf(error: unknown): FailureDetail | undefined {
  return error instanceof Error && error.cause instanceof HelmFailure ? error.cause.detail : undefined;
}
