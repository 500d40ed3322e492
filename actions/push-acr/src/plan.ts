import { type Change, type Check, createDigest, rateChange, type Value } from '@suite/change-report';
import { count, sentenceList } from '@suite/foundation';
import { sizeOf, type Way } from '@suite/registry';
import type { Known, Observed } from './observe.ts';
import type { WantedImage } from './target.ts';

/** What would be done. */
export interface ImagePlan {
  readonly changes: readonly Change[];
  readonly checks: readonly Check[];
  readonly digest: string;
}

export interface PlannedWay {
  readonly observed: Observed;
  /** Undefined for what is not known. */
  readonly way: Way | undefined;
}

export interface PlanFacts {
  /** Login server of the target. */
  readonly host: string;
  readonly images: readonly PlannedWay[];
  readonly overwrite: boolean;
}

const shown = (text: string): Value => ({ is: 'shown', text });
const absent: Value = { is: 'absent' };

/** Pure. */
export function planImages({ host, images, overwrite }: PlanFacts): ImagePlan {
  const digest = createDigest('images');
  digest.add({ host, overwrite });
  const changes: Change[] = [];
  const checks: Check[] = [];
  for (const { observed, way } of images) {
    const { image } = observed;
    digest.add({ repository: image.repository, tags: image.tags, ...stateOf(observed) });
    if (observed.state === 'known') changes.push(...changesOf(observed, way));
    if (observed.state === 'absent') changes.push(...expectedChange(observed));
    checks.push(...checksOf(observed, overwrite, host).map(check => withSetting(check, image.setting)));
  }
  return { changes, checks, digest: digest.end() };
}

/**
 * Of an environment whose registry comes with its infrastructure: every image that is known by its digest is one to come. Pure.
 */
export function planToCome(images: readonly WantedImage[], title: string): ImagePlan {
  const digest = createDigest('images');
  const changes: Change[] = [];
  const checks: Check[] = [];
  for (const image of images) {
    const named = digestIn(image);
    digest.add({ repository: image.repository, tags: image.tags, digest: named ?? 'unknown' });
    if (named !== undefined) changes.push(comingChange(image, named));
    checks.push(
      withSetting(
        {
          id: `source/${image.name}`,
          name: `${image.name} can be looked at`,
          status: 'later',
          message: `There is no ${title.replace(/^the /, '')} yet: the image comes when the infrastructure is there.`,
        },
        image.setting,
      ),
    );
  }
  return { changes, checks, digest: digest.end() };
}

/** Undefined for what is built, and for a layout that nobody has opened. */
function digestIn({ origin }: WantedImage): string | undefined {
  if (origin.kind === 'registry') return origin.source.digest;
  return origin.kind === 'upstream' ? origin.digest : undefined;
}

function comingChange(image: WantedImage, digest: string): Change {
  const setting = image.setting === undefined ? {} : { setting: image.setting };
  return {
    ...changeOf(image.repository, digest, 'create', false),
    attributes: [
      { path: 'digest', before: absent, after: shown(digest), ...setting },
      ...image.tags.map(tag => ({ path: `tag ${tag}`, before: absent, after: shown(digest) })),
      { path: 'transfer', before: absent, after: { is: 'unknown' } },
    ],
  };
}

function stateOf(observed: Observed): object {
  // As it will be once it has arrived there.
  if (observed.state === 'absent' && observed.image.origin.kind === 'upstream')
    return { digest: observed.digest, moves: [] };
  if (observed.state !== 'known') return { state: observed.state };
  const { root, tags } = observed.planned;
  return { digest: root.digest, moves: tags.filter(({ state }) => state === 'moves') };
}

function withSetting(check: Check, setting: string | undefined): Check {
  return setting === undefined ? check : { ...check, setting };
}

/** Of an image that the environment before does not have yet: its digest is known, and nothing else of it. */
function expectedChange({ image, digest, isThere }: Extract<Observed, { state: 'absent' }>): Change[] {
  return image.origin.kind !== 'upstream' || isThere ? [] : [comingChange({ ...image, tags: [] }, digest)];
}

function changeOf(repository: string, digest: string, kind: 'create' | 'update', disruptive: boolean) {
  const reach = 'stateless';
  return {
    // Without the registry, whose name is another one in each environment: what is the same is compared.
    address: `${repository}@${digest}`,
    type: 'image',
    title: `image ${repository}`,
    kind,
    reasons: [],
    reach,
    risk: rateChange({ kind, reach, guarded: false, disruptive }),
  } as const;
}

/** One for each image that is not there as it should be. */
function changesOf({ image, planned, totals, wholeBytes }: Known, way: Way | undefined): Change[] {
  const { root, manifests, tags } = planned;
  // A build is there by now, and is new all the same.
  const isThere =
    image.origin.kind !== 'build' &&
    manifests.some(({ manifest, isPresent }) => isPresent && manifest.descriptor.digest === root.digest);
  const moved = tags.filter(({ state }) => state !== 'same');
  if (isThere && totals.manifests === 0 && moved.length === 0) return [];
  const kind = isThere ? 'update' : 'create';
  const isMoved = moved.some(({ state }) => state === 'moves');
  const setting = image.setting === undefined ? {} : { setting: image.setting };
  return [
    {
      ...changeOf(image.repository, root.digest, kind, isMoved),
      attributes: [
        ...(isThere ? [] : [{ path: 'digest', before: absent, after: shown(root.digest), ...setting }]),
        ...moved.map(({ tag, before, digest }) => ({
          path: `tag ${tag}`,
          before: before === undefined ? absent : shown(before),
          after: shown(digest),
        })),
        ...(totals.manifests === 0
          ? []
          : [{ path: 'transfer', before: absent, after: shown(describeTransfer(totals, wholeBytes, way)) }]),
      ],
    },
  ];
}

/** `imported by Azure: 14 MB of 212 MB in 3 layers, 2 mounted; 2 signatures and other referrers`. */
function describeTransfer(totals: Known['totals'], wholeBytes: number, way: Way | undefined): string {
  const { bytes, blobs, mounts, referrers } = totals;
  const how =
    way?.kind === 'import'
      ? 'imported by Azure'
      : way?.kind === 'mount'
        ? 'mounted in the same registry'
        : `through the runner${way?.why === undefined ? '' : `, because ${way.why}`}`;
  const parts = [`${sizeOf(bytes)} of ${sizeOf(wholeBytes)} in ${count(blobs, 'blob')}`];
  if (mounts > 0) parts.push(`${mounts} mounted`);
  const signatures =
    referrers === 0 ? '' : `; ${count(referrers, 'signature or other referrer', 'signatures and other referrers')}`;
  return `${how}: ${parts.join(', ')}${signatures}`;
}

function checksOf(observed: Observed, overwrite: boolean, host: string): Check[] {
  const { image } = observed;
  const name = image.name;
  if (observed.state === 'unreadable') {
    const [problem] = observed.failure.problems;
    return [
      {
        id: `source/${name}`,
        name: `The source of ${name} can be read`,
        status: 'unknown',
        message: problem?.message ?? observed.failure.message,
        ...(problem?.remedy === undefined ? {} : { remedy: problem.remedy }),
      },
    ];
  }
  if (observed.state === 'absent') {
    const message = `${observed.source} has no ${observed.digest}`;
    // An earlier image that comes back may be purged where it came from.
    if (observed.isThere) {
      return [
        {
          id: `source/${name}`,
          name: `The source of ${name} has it`,
          status: 'warning',
          message: `${message}. ${host} has it, so nothing is brought; tags stay as they are.`,
        },
      ];
    }
    return image.origin.kind === 'upstream'
      ? [
          {
            id: `source/${name}`,
            name: `${name} is in the environment before`,
            status: 'later',
            message: `${message} yet: it comes with the promotion of that environment.`,
          },
        ]
      : [
          {
            id: `source/${name}`,
            name: `The source of ${name} has it`,
            status: 'blocked',
            message: `${message}.`,
            remedy: 'Check the digest, and whether it was deleted there.',
          },
        ];
  }
  const checks: Check[] = [];
  if (observed.missingPlatforms.length > 0) checks.push(platformCheck(observed));
  for (const { tag, state, before, digest } of observed.planned.tags) {
    if (state !== 'moves') continue;
    checks.push({
      id: `tag/${image.repository}:${tag}`,
      name: 'No tag moves',
      status: overwrite ? 'warning' : 'blocked',
      message: `The tag ${host}/${image.repository}:${tag} stands for ${before} and would move to ${digest}.`,
      remedy: 'Use another tag, or set `overwrite: true`.',
    });
  }
  return checks;
}

function platformCheck({ image, missingPlatforms: missing, planned }: Known): Check {
  return {
    id: `platforms/${image.name}`,
    name: `${image.name} has its platforms`,
    status: 'blocked',
    message: `${planned.copy.source.name}@${planned.root.digest} is not there for ${sentenceList(missing)}.`,
    remedy: 'Build it for them too, or take them out of `platforms`.',
  };
}
