import { type Change, type Check, rateChange } from '@suite/change-report';
import { count, type Problem } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';
import { code, finding, some } from '../checks/finding.ts';
import type { RenderedRelease } from '../render.ts';
import { addressOf, type MirroredChart } from './charts.ts';
import { parseImage } from './image-reference.ts';
import type { MirroredImage } from './look.ts';
import type { Mirror } from './port.ts';
import { renderedImages } from './rendered-images.ts';

/** A chart that is not in the mirror yet, as it was pulled. */
export interface MissingChart {
  readonly chart: MirroredChart;
  /** Of what was pulled: a manifest, or the archive of a repository that is no registry. */
  readonly digest: string;
  /** Of the archive on this machine. */
  readonly path: string;
}

/** What has to be brought before any release, and what releases name that will not come from the registry. */
export interface MirrorPlan {
  readonly images: readonly MirroredImage[];
  readonly charts: readonly MissingChart[];
  readonly changes: readonly Change[];
  readonly checks: readonly Check[];
}

export interface MirrorFacts {
  readonly mirror: Mirror;
  readonly images: readonly MirroredImage[];
  readonly problems: ReadonlyMap<string, Problem>;
  readonly charts: readonly MirroredChart[];
  /** With values that point to the mirror. */
  readonly rendered: readonly RenderedRelease[];
  readonly view: Pick<EnvironmentScope, 'cluster'>;
  readonly isApply: boolean;
}

/** Pure. */
export function planMirror(facts: MirrorFacts): MirrorPlan {
  const { mirror, problems, rendered, view } = facts;
  const images = facts.images.filter(({ isPresent }) => !isPresent);
  const charts = facts.charts.flatMap((chart): MissingChart[] => {
    const pulled = rendered.find(({ release }) => release.name === chart.release)?.chart;
    return chart.isPresent || pulled === undefined ? [] : [{ chart, digest: pulled.digest, path: pulled.path }];
  });
  return {
    images,
    charts,
    changes: [
      ...charts.map(({ chart, digest }) => changeOf('chart', chart.repository, digest, originOf(chart))),
      ...images.map(({ repository, digest, name }) => changeOf('image', repository, digest, name)),
    ],
    checks: [
      ...registryChecks(facts),
      ...[...problems].map(
        ([name, problem]): Check => ({
          id: `mirror/${name}`,
          name: 'Every image can be mirrored',
          status: 'blocked',
          message: problem.message,
          ...(problem.remedy === undefined ? {} : { remedy: problem.remedy }),
        }),
      ),
      ...rendered.flatMap(one => strangers(one, mirror.host, problems, view.cluster.private)),
    ],
  };
}

function originOf({ origin, tag }: MirroredChart): string {
  const { host, repository } = addressOf(origin);
  return `${host}/${repository}:${tag}`;
}

function changeOf(type: 'chart' | 'image', repository: string, digest: string, origin: string): Change {
  const reach = 'stateless';
  const absent = { is: 'absent' } as const;
  return {
    // Without the registry, whose name is another one in each environment: what is the same is compared.
    address: `${repository}@${digest}`,
    type,
    title: `${type} ${repository}`,
    kind: 'create',
    reasons: [],
    reach,
    risk: rateChange({ kind: 'create', reach, guarded: false, disruptive: false }),
    attributes: [
      { path: 'digest', before: absent, after: { is: 'shown', text: digest } },
      { path: 'from', before: absent, after: { is: 'shown', text: origin } },
    ],
  };
}

function registryChecks({ mirror, isApply }: MirrorFacts): Check[] {
  if (mirror.registry !== undefined) return [];
  const about = { id: 'mirror/registry', name: 'The registry of the mirror is there', setting: 'registry' };
  return isApply
    ? [
        {
          ...about,
          status: 'blocked',
          message: `There is no registry ${mirror.host}, in which charts and images are to be mirrored.`,
          remedy:
            'Apply its infrastructure first, with `provision-aks`; if `existing: registry:` names one, check its id.',
        },
      ]
    : [
        {
          ...about,
          status: 'later',
          message: `There is no registry ${mirror.host} yet, so everything is still to be mirrored: it comes with the infrastructure.`,
        },
      ];
}

/** Images of a release that come from elsewhere all the same. */
function strangers(
  rendered: RenderedRelease,
  host: string,
  problems: ReadonlyMap<string, Problem>,
  isPrivate: boolean,
): Check[] {
  const { release } = rendered;
  const all = renderedImages(rendered);
  // Those that cannot be had are told already.
  const left = all.filter(image => parseImage(image)?.host !== host && !problems.has(image));
  if (left.length === 0) return [];
  const values = code(`${release.setting}.values`);
  return [
    finding(release, 'mirror', {
      name: `Images of ${release.name} come from the registry of the environment`,
      status: isPrivate ? 'blocked' : 'warning',
      message: `${left.length} of ${count(all.length, 'image')} of ${code(release.name)} ${left.length === 1 ? 'does' : 'do'} not come from ${host}: ${some(left.map(code))}.`,
      remedy: `Bring them under \`images:\` of the platform file, and point ${values} at ${host}.`,
    }),
  ];
}
