import { sentenceList } from '@suite/foundation';
import type { Path } from '../position.ts';
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
  if (view.releases.argoCd === undefined) {
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
  checkApps(checker);
}

/** Regions have registries of their own: what is written for one into a folder would undo what is written for the other. */
export function checkApplicationsTogether(checkers: readonly Checker[]): void {
  const places = new Map<string, string>();
  for (const { view, report } of checkers) {
    const { applications, region } = view;
    if (applications?.delivery !== 'git') continue;
    for (const [index, { name, path, images }] of applications.apps.entries()) {
      if (images.length === 0) continue;
      const other = places.get(path);
      if (other === undefined || other === region) places.set(path, region);
      else {
        report(
          ['applications', 'apps', index, 'name'],
          `The application ${quote(name)} has the folder ${quote(path)} in ${other} and in ${region}, whose registries differ.`,
          'Put {region} into `applications: path:`, or say `deliver: application`.',
        );
      }
    }
  }
}

/** Where Kubernetes, Argo CD and the platform's own records and releases live. */
const reserved = /^(?:default|kube-.*|argocd|aks-platform|cert-manager|monitoring)$/;

function checkApps({ view, report, isSound }: Checker): void {
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
    if (reserved.test(namespace)) {
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
  }
}
