import { count, nearest, type Problem, quote, sentenceList, term } from '@suite/foundation';
import type { FailureDetail } from './failure.ts';

/** What the words of an explanation need to know. */
export interface FailureContext {
  /** `helm upgrade` */
  readonly command: string;
  /** What it was about, at the beginning of a sentence: `Release argo-cd in argocd`, `Chart argo-cd 10.1.1`. */
  readonly subject: string;
  /** Values that the chart knows, by path, for the nearest one to an unknown value. */
  readonly valuePaths?: readonly string[];
}

/** The failure as a problem for people; a text where the fault is ours. */
export function explain(detail: FailureDetail, context: FailureContext): readonly Problem[] | string {
  const { subject } = context;
  const one = (message: string, remedy?: string): readonly Problem[] => [
    { message: `${subject}: ${message}`, ...(remedy === undefined ? {} : { remedy }) },
  ];
  switch (detail.kind) {
    case 'pending':
      return one(
        'another operation on it is in progress, or was cut off and left it pending.',
        'Wait for the other one, or roll the release back to its last good revision.',
      );
    case 'conflict': {
      const owners = detail.conflicts.map(
        ({ manager, fields }) => `${fields.map(field => `\`${term(field)}\``).join(', ')} (by ${term(manager)})`,
      );
      return one(
        `${term(detail.object)} has fields that somebody else manages: ${owners.join('; ')}.`,
        'Leave these fields out of the values, or let the other one give them up.',
      );
    }
    case 'immutable':
      return one(
        `${term(detail.object)} cannot be changed in ${sentenceList(detail.fields.map(field => `\`${term(field)}\``))}: ${detail.fields.length === 1 ? 'it is' : 'they are'} fixed when the object is created.`,
        'Keep the former value, or delete the object, so that it is created anew.',
      );
    case 'invalid':
      return one(
        `Kubernetes takes ${term(detail.object)} for invalid: ${quote(detail.reasons.join('; '))}`,
        'Correct the values that lead to it.',
      );
    case 'missing-kind':
      return one(
        `the cluster knows no ${term(detail.objectKind)} of ${term(detail.apiVersion)}.`,
        'Install the release that brings its CustomResourceDefinition first.',
      );
    case 'not-owned':
      return one(
        `${term(detail.object)} is there already and belongs to no release, or to another one.`,
        'Have it taken away, switch it off in the values, or hand it over by the label `app.kubernetes.io/managed-by: Helm` and the annotations `meta.helm.sh/release-name` and `meta.helm.sh/release-namespace` with those of this release.',
      );
    case 'not-in-last-revision':
      return one(
        `${term(detail.object)} is there, and the last revision had it no more, so Helm does not take it back.`,
        'Roll it back once more: the revision of the rollback that failed has it.',
      );
    case 'webhook-denied':
      return one(`the admission webhook ${term(detail.webhook)} denied it: ${quote(detail.reason)}`);
    case 'webhook-unreachable':
      return one(
        `the admission webhook ${term(detail.webhook)} does not answer: ${quote(detail.reason)}`,
        'See that its pods are ready and that the API server may reach them.',
      );
    case 'policy-denied':
      return one(`the policy ${term(detail.policy)} denied it: ${quote(detail.reason)}`);
    case 'quota':
      return one(
        `a quota of the namespace does not allow it: ${quote(detail.reason)}`,
        'Raise the quota, or ask for less.',
      );
    case 'forbidden': {
      const where =
        detail.namespace === undefined ? 'in the whole cluster' : `in the namespace ${term(detail.namespace)}`;
      return one(
        `${term(detail.user)} may not \`${term(detail.verb)}\` ${term(detail.resource)} ${where}.`,
        'Give it a role with this verb; on a cluster with Azure RBAC that is a role assignment of the cluster, for an apply `Azure Kubernetes Service RBAC Cluster Admin`.',
      );
    }
    case 'unreachable':
      return one(
        `the API server cannot be reached: ${quote(detail.reason)}`,
        'A private cluster answers only inside of its network: use a runner that stands there.',
      );
    case 'untrusted':
      return one(
        `the certificate of the API server is not trusted: ${quote(detail.reason)}`,
        'Find out what stands between this runner and the cluster.',
      );
    case 'server-trouble':
      return one(
        `the API server, or the way to it, failed for a moment: ${quote(detail.reason)}`,
        'Run it again; if that does not help, look at the health of the cluster in the Azure portal.',
      );
    case 'unauthorized':
      return one('the API server does not accept the token.', 'Run it again; a token lives about an hour.');
    case 'release-too-large':
      return one(
        'its record is larger than the 1 MiB that a Secret of Kubernetes can hold.',
        'Switch parts of the chart off, or split the release.',
      );
    case 'hook-failed':
      return one(
        `its ${term(detail.event)} hook failed: ${quote(detail.reason)}`,
        'Look at the events and logs of the pods of that hook.',
      );
    case 'timeout':
      return one(`it did not end in time: ${quote(detail.reason)}`, 'Look at what is not ready, or allow more time.');
    case 'release-not-found':
      return one('there is no such release.');
    case 'revision-not-found':
      return one(`it has no revision ${term(detail.revision)}.`);
    case 'namespace-not-found':
      return one(`the namespace ${term(detail.namespace)} does not exist.`, 'Create it first.');
    case 'values':
      return detail.violations.map(({ chart, path, reason }) => violation(context, chart, path, reason));
    case 'template':
      return one(`the chart refuses these values in ${term(detail.template)}: ${quote(detail.reason)}`);
    case 'kube-version':
      return one(`the chart wants Kubernetes ${term(detail.required)}, and the cluster has ${term(detail.actual)}.`);
    case 'missing-dependency':
      return one(
        `the chart lacks ${count(detail.dependencies.length, 'chart')} that it depends on: ${sentenceList(detail.dependencies.map(term))}.`,
        'Run `helm dependency build` and commit the folder `charts/`.',
      );
    case 'chart-not-found':
      return one(`there is no such chart: ${quote(detail.reason)}`, 'Correct its address or version.');
    case 'digest':
      return one(
        `the chart has the digest ${term(detail.actual)} instead of ${term(detail.expected)} and was not used.`,
        'Find out why it was replaced; if that is meant, change the digest.',
      );
    case 'registry-denied':
      return one(
        `its registry refuses to give it: ${quote(detail.reason)}`,
        'In a registry of Azure, give the identity that runs this the role `AcrPull` over it. No other private registry is signed in to: bring the chart into one of Azure, or into a folder beside the platform file.',
      );
    case 'registry-unreachable':
      return one(
        `its registry cannot be reached: ${quote(detail.reason)}`,
        'Let the runner reach that address, and where blobs are sent from, or mirror the chart.',
      );
    case 'misuse':
      return `${context.command} was called wrongly: ${quote(detail.reason)}`;
    case 'other':
      return one(`\`${context.command}\` failed: ${quote(detail.reason)}`);
  }
}

function violation(context: FailureContext, chart: string, path: string, reason: string): Problem {
  const unknown = /^additional properties (.+) not allowed$/.exec(reason)?.[1];
  if (unknown === undefined) {
    const where = path === '' ? 'the values' : `\`${term(path)}\``;
    return { message: `${context.subject}: the schema of ${term(chart)} rejects ${where}: ${quote(reason)}` };
  }
  const names = [...unknown.matchAll(/'([^']*)'/g)].map(([, name = '']) => (path === '' ? name : `${path}.${name}`));
  const known = context.valuePaths ?? [];
  const meant = names.flatMap(name => nearest(name, siblingsOf(name, known)) ?? []);
  return {
    message: `${context.subject}: ${term(chart)} has no ${names.length === 1 ? 'value' : 'values'} ${sentenceList(names.map(name => `\`${term(name)}\``))}.`,
    ...(meant.length === 0
      ? {}
      : {
          remedy: `Did you mean ${sentenceList(
            meant.map(name => `\`${term(name)}\``),
            'or',
          )}?`,
        }),
  };
}

/** Paths with the same parent. */
function siblingsOf(path: string, known: readonly string[]): string[] {
  const parent = path.slice(0, path.lastIndexOf('.') + 1);
  return known.filter(one => one.startsWith(parent) && !one.slice(parent.length).includes('.'));
}
