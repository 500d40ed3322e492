import type { Change, ChangeReport, GitOpsBase } from '@suite/change-report';
import { count, sentenceList } from '@suite/foundation';

/** One thing that a way back does not bring back. */
export interface Limit {
  readonly topic:
    | 'Kubernetes'
    | 'Platform'
    | 'Infrastructure'
    | 'Data'
    | 'Definitions'
    | 'Images'
    | 'Applications'
    | 'Suite'
    | 'Shared';
  /** Sentences; names from outside stand in backticks. */
  readonly text: string;
  /** The environment cannot go back at all because of it, and no plan says so. */
  readonly isFatal: boolean;
}

export interface LimitFacts {
  readonly environment: string;
  /** Of the plans to go back, by action; what has not planned is missing. */
  readonly reports: readonly ChangeReport[];
  /** Release of the suite that made the bundle, and the one that runs now. */
  readonly suite: { readonly made: string; readonly runs: string };
  /** Those of earlier releases have none. */
  readonly hasCharts: boolean;
  readonly hasApplications: boolean;
  /** Where the bundle found the repository of the applications; undefined where it does not say. */
  readonly gitops: GitOpsBase | undefined;
}

const definitionType = /\bCustomResourceDefinition$/;
const most = 10;
/** Of what an action refuses. */
const topics: Readonly<Record<string, Limit['topic']>> = {
  'provision-aks': 'Infrastructure',
  'deploy-platform': 'Platform',
  'push-acr': 'Images',
};

/** What does not go back, from the plans and from what always holds. Pure. */
export function limitsOf(facts: LimitFacts): readonly Limit[] {
  const { reports } = facts;
  const of = (action: string) => reports.find(report => report.action === action);
  const [infrastructure, platform, images] = [of('provision-aks'), of('deploy-platform'), of('push-acr')];
  const applications = of('sync-argocd');
  return [
    ...refused(reports),
    ...kubernetes(infrastructure),
    ...made(infrastructure),
    ...lost([...(infrastructure?.changes ?? []), ...(platform?.changes ?? [])]),
    ...definitions(platform),
    ...data(platform),
    ...purged(images),
    ...otherCharts(platform),
    ...ofOthers(applications),
    ...always(facts),
  ];
}

function limit(topic: Limit['topic'], text: string, isFatal = false): Limit {
  return { topic, text, isFatal };
}

/** What apply would refuse: an older Kubernetes, a deletion that the platform file of that commit does not allow. */
function refused(reports: readonly ChangeReport[]): Limit[] {
  return reports.flatMap(({ action, checks }) =>
    checks
      .filter(({ status }) => status === 'blocked')
      .map(({ id, message }) =>
        limit(
          id.startsWith('preflight/version') ? 'Kubernetes' : (topics[action] ?? 'Applications'),
          `Refused: ${message} That commit cannot be changed; a new one that reverts on main can say what this needs.`,
        ),
      ),
  );
}

function kubernetes(report: ChangeReport | undefined): Limit[] {
  const changed = (report?.changes ?? []).some(({ attributes }) =>
    attributes.some(({ path }) => path === 'kubernetes_version'),
  );
  return changed
    ? [limit('Kubernetes', 'The version of Kubernetes changes. AKS goes to no older one; a newer one stays.')]
    : [];
}

/** Made anew is not brought back: nothing of what it held is there. */
function made(report: ChangeReport | undefined): Limit[] {
  const anew = (report?.changes ?? []).filter(({ kind, reach }) => kind === 'create' && reach === 'data');
  if (anew.length === 0) return [];
  return [
    limit(
      'Infrastructure',
      `${named(anew)} ${anew.length === 1 ? 'is' : 'are'} made anew, and empty: what was destroyed does not come back.`,
    ),
  ];
}

function lost(changes: readonly Change[]): Limit[] {
  const going = changes.filter(
    ({ kind, reach, allowKey }) =>
      (kind === 'delete' || kind === 'replace') && (reach === 'data' || allowKey !== undefined),
  );
  if (going.length === 0) return [];
  return [limit('Data', `${named(going)} ${going.length === 1 ? 'goes' : 'go'}, with all that was kept there since.`)];
}

function definitions(report: ChangeReport | undefined): Limit[] {
  const found = (report?.changes ?? []).filter(({ type }) => definitionType.test(type));
  const stays = found.filter(({ kind }) => kind === 'forget');
  const older = found.filter(({ kind }) => kind === 'update' || kind === 'replace');
  return [
    ...(stays.length === 0
      ? []
      : [
          limit(
            'Definitions',
            `${named(stays)} ${stays.length === 1 ? 'stays' : 'stay'} in the cluster, with the objects of their kinds.`,
          ),
        ]),
    ...(older.length === 0
      ? []
      : [
          limit(
            'Definitions',
            `${named(older)} ${older.length === 1 ? 'becomes' : 'become'} what they were. Objects that were written in a newer form stay as they are written.`,
          ),
        ]),
  ];
}

/** What the plan says of charts that the bundle has in another version than the release of the suite that runs. */
function otherCharts(report: ChangeReport | undefined): Limit[] {
  return (report?.checks ?? [])
    .filter(({ id, status }) => id.startsWith('bundle/') && status === 'warning')
    .map(({ message }) => limit('Suite', message));
}

/** What the plan says of commits of others that came to the folders of the applications after that bundle. */
function ofOthers(report: ChangeReport | undefined): Limit[] {
  return (report?.checks ?? [])
    .filter(({ id, status }) => id === 'gitops/since-bundle' && status === 'warning')
    .map(({ message }) => limit('Applications', message));
}

/** Whoever holds data has written it in the newer version's form. */
function data(report: ChangeReport | undefined): Limit[] {
  const kept = (report?.changes ?? []).filter(({ kind, reach }) => kind === 'update' && reach === 'data');
  if (kept.length === 0) return [];
  return [
    limit(
      'Data',
      `${named(kept)} ${kept.length === 1 ? 'goes' : 'go'} back to an older version over data that the newer one has written.`,
    ),
  ];
}

/** Of an image that the environment's own registry has, the source is not needed. */
function purged(report: ChangeReport | undefined): Limit[] {
  const coming = (report?.changes ?? []).filter(({ kind }) => kind === 'create');
  const absent = (report?.checks ?? []).filter(({ id, status }) => id.startsWith('source/') && status === 'later');
  const isNowhere = ({ address }: Change) => absent.some(({ message }) => message.includes(digestIn(address)));
  const [nowhere, brought] = [coming.filter(isNowhere), coming.filter(change => !isNowhere(change))];
  return [
    ...nowhere.map(({ address }) =>
      limit(
        'Images',
        `\`${address}\` was purged: neither the registry of this environment nor that of the one before has it. It has to be pushed again before anything goes back.`,
        true,
      ),
    ),
    ...(brought.length === 0
      ? []
      : [
          limit(
            'Images',
            `${named(brought)} ${brought.length === 1 ? 'was' : 'were'} purged here, and ${brought.length === 1 ? 'is' : 'are'} brought again.`,
          ),
        ]),
  ];
}

/** `sha256:…` of `shop/web@sha256:…`. */
function digestIn(address: string): string {
  return address.slice(address.indexOf('@') + 1);
}

function always({ environment, suite, hasCharts, hasApplications, gitops }: LimitFacts): Limit[] {
  const found =
    gitops === undefined
      ? ''
      : ` The bundle was made when \`${gitops.branch}\` of \`${gitops.repository}\` was at \`${gitops.commit.slice(0, 7)}\`.`;
  return [
    limit(
      'Infrastructure',
      'The state of the infrastructure goes on, not back: resources change to what that commit says. What was destroyed is made anew.',
    ),
    limit(
      'Data',
      'Databases, volumes, vaults and buckets keep what is in them. A migration that the newer version has run is not undone: an older version has to be able to work with it, or is restored by hand.',
    ),
    limit(
      'Definitions',
      'Definitions (CRDs) that lie in a chart’s `crds/` stay as they are: Helm changes and deletes none of them.',
    ),
    ...(hasApplications
      ? [
          limit(
            'Applications',
            `The digests of the images go back, by a new commit in the repository of the applications. Manifests that others have changed there stay as they are.${found}`,
          ),
        ]
      : []),
    limit('Shared', `What is shared stays as it is, and so does every environment but \`${environment}\`.`),
    ...(suite.made === suite.runs
      ? []
      : [
          limit(
            'Suite',
            `That bundle was made by \`${suite.made}\`, and \`${suite.runs}\` runs now: ${hasCharts ? 'modules and values' : 'versions of charts that the platform file does not name'} are those of the release that runs.`,
          ),
        ]),
  ];
}

function named(changes: readonly Change[]): string {
  const titles = changes.slice(0, most).map(({ title }) => `\`${title}\``);
  return sentenceList(changes.length > most ? [...titles, count(changes.length - most, 'other')] : titles);
}
