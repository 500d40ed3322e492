import { nearest, sentenceList } from '@suite/foundation';
import { chartAddress } from '../charts.ts';
import type { Path } from '../position.ts';
import { namespaceLevels } from '../releases.ts';
import { quote } from '../wording.ts';
import type { Checker } from './checker.ts';

/** Applications: that there is a repository and an Argo CD, and that each has a name and images that exist. */
export function checkApplications(checker: Checker): void {
  const { merged, view, report, isSound } = checker;
  const said = merged.applications;
  if (said === undefined || said === false) return;
  if (said.repository === undefined && isSound(['applications', 'repository'])) {
    report(
      ['applications'],
      'The applications have no `repository`.',
      'Name it: owner/name on the same GitHub server.',
    );
    return;
  }
  if (view.releases.argoCd === undefined && view.applications?.hub === undefined) {
    report(
      ['applications'],
      'Applications need Argo CD, and `releases: argo-cd:` is off.',
      'Switch it on, or say `applications: false`.',
    );
  }
  const { applications } = view;
  if (applications?.hasRoot && applications.delivery === 'application') {
    report(
      ['applications', 'root'],
      'Overrides reach the Applications that are made here, and with `root` those are your own.',
      'Say `deliver: git`, or leave `root` out.',
    );
  }
  const versioned = applications?.apps.findIndex(({ charts }) => charts.length > 0) ?? -1;
  if (versioned >= 0 && applications?.delivery === 'application') {
    report(
      ['applications', 'apps', versioned, 'charts'],
      'The version of a chart stands in the repository, and an override in an Application does not reach it.',
      'Say `deliver: git`, or leave `charts` out.',
    );
  }
  checkArgoCd(checker);
  checkApps(checker);
}

const ofHub = ['namespace', 'client-id', 'object-id'] as const;
const ofServer = ['audience', 'dex-connector'] as const;

/** A hub has applications of others, too: what it may be told is less than what an Argo CD of one's own may be. */
function checkArgoCd({ merged, view, report }: Checker): void {
  const { applications } = view;
  if (applications === undefined || merged.applications === undefined || merged.applications === false) return;
  const said = merged.applications['argo-cd'] ?? {};
  const { hub, server, hasRoot } = applications;
  const at = (key: keyof typeof said): Path => ['applications', 'argo-cd', key];
  for (const key of ofHub) {
    if (said[key] === undefined || hub !== undefined) continue;
    report(at(key), `\`${key}\` is of a hub, and none is named.`, 'Name it with `cluster`, or leave this out.');
  }
  for (const key of ofServer) {
    if (said[key] === undefined || server !== undefined) continue;
    report(at(key), `\`${key}\` is of a server, and none is named.`, 'Name it with `server`, or leave this out.');
  }
  if (server?.connector !== undefined && server.audience === undefined) {
    report(
      at('dex-connector'),
      '`dex-connector` needs an `audience`.',
      'Give the `clientID` of that connector in `dex.config`.',
    );
  }
  if (hub === undefined) return;
  if (server !== undefined) {
    report(
      at('server'),
      'A hub is worked with by its objects, not through a server.',
      'Leave `server` out: the job has to reach the API servers of both clusters.',
    );
  }
  if (hasRoot) {
    report(
      ['applications', 'root'],
      'An Application over others could name any project and cluster of the hub.',
      'Name the applications under `apps`, or let Argo CD run in this cluster.',
    );
  }
  const own = `/resourceGroups/${view.resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${view.cluster.name}`;
  if (hub.id.toLowerCase() === `/subscriptions/${view.subscription}${own}`.toLowerCase()) {
    report(at('cluster'), 'This is the cluster itself, which is no hub of its own.', 'Leave `cluster` out there.');
  }
}

/**
 * Regions have registries of their own, and may have charts in other versions: what is written for one into a folder would undo what is
 * written for the other.
 */
export function checkApplicationsTogether(checkers: readonly Checker[]): void {
  const places = new Map<string, { readonly region: string; readonly versions: string }>();
  for (const { view, report } of checkers) {
    const { applications, region } = view;
    if (applications?.delivery !== 'git') continue;
    for (const [index, { name, path, images, charts }] of applications.apps.entries()) {
      if (images.length === 0 && charts.length === 0) continue;
      const versions = JSON.stringify(view.charts.filter(chart => charts.includes(chart.name)));
      const other = places.get(path);
      if (other === undefined || other.region === region) places.set(path, { region, versions });
      else if (images.length > 0 || other.versions !== versions) {
        report(
          ['applications', 'apps', index, 'name'],
          `The application ${quote(name)} has the folder ${quote(path)} in ${other.region} and in ${region}, whose ${images.length > 0 ? 'registries' : 'charts'} differ.`,
          `Put {region} into \`applications: path:\`${images.length > 0 && charts.length === 0 ? ', or say `deliver: application`' : ''}.`,
        );
      }
    }
  }
}

/** Where Kubernetes and the platform's own records live; its releases have theirs, whose level a namespace of an application would lower. */
const reserved = /^(?:default|kube-.*|aks-platform)$/;

function checkApps(checker: Checker): void {
  const { view, report, isSound } = checker;
  const { applications, images } = view;
  if (applications === undefined) return;
  const names = images.map(({ name }) => name);
  const seen = new Set<string>();
  for (const [index, { name, namespace, images: own, values }] of applications.apps.entries()) {
    const setting: Path = ['applications', 'apps', index];
    if (seen.has(name)) {
      report(
        [...setting, 'name'],
        `The application ${quote(name)} stands there twice.`,
        'Give each a name of its own.',
      );
    }
    if (name === `${view.platform}-root`) {
      report([...setting, 'name'], `The name ${quote(name)} is that of the Application over all.`, 'Use another name.');
    }
    seen.add(name);
    if (reserved.test(namespace) || namespaceLevels.has(namespace)) {
      report(
        [...setting, 'namespace'],
        `The namespace ${quote(namespace)} of ${quote(name)} is the platform's or Kubernetes' own.`,
        'Use another one.',
      );
    }
    for (const [at, image] of own.entries()) {
      if (names.includes(image) || !isSound(['images'])) continue;
      report(
        [...setting, 'images', at],
        `There is no image ${quote(image)} under \`images\`.`,
        names.length === 0
          ? 'Name the image there, with its source.'
          : `There ${names.length === 1 ? 'is' : 'are'} ${sentenceList(names)}.`,
      );
    }
    for (const image of Object.keys(values)) {
      if (own.includes(image)) continue;
      report(
        [...setting, 'values', image],
        `The image ${quote(image)} is none of this application.`,
        'Name it under its `images` too.',
      );
    }
    checkChartsOf(checker, index);
  }
}

/** That they exist, and that no two of an application's charts are one: its folder would have to say both versions. */
function checkChartsOf({ view, report, isSound }: Checker, index: number): void {
  const own = view.applications?.apps[index]?.charts ?? [];
  const names = view.charts.map(({ name }) => name);
  const seen = new Map<string, string>();
  for (const [at, name] of own.entries()) {
    const setting: Path = ['applications', 'apps', index, 'charts', at];
    const chart = view.charts.find(one => one.name === name);
    if (chart === undefined) {
      if (!isSound(['charts'])) continue;
      const near = nearest(name, names);
      const known = `There ${names.length === 1 ? 'is' : 'are'} ${sentenceList(names)}.`;
      const hint = names.length === 0 ? 'Name the chart there, with version and digest.' : known;
      report(
        setting,
        `There is no chart ${quote(name)} under \`charts\`.`,
        near === undefined ? hint : `Did you mean \`${near}\`?`,
      );
      continue;
    }
    const place = chartAddress(chart.source);
    const other = seen.get(place);
    seen.set(place, name);
    if (other === undefined) continue;
    report(
      setting,
      `\`${name}\` is the same chart as \`${other}\` of this application.`,
      'Name one of the two: an application has one version of a chart.',
    );
  }
}
