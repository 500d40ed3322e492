import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '@suite/kubernetes';
import { readMap } from './deliver/testing.ts';
import { playWorld } from './killed.fixture.ts';
import { ownObjects } from './objects.ts';
import { type Origin, type RenderedApplication, readApplication } from './render/index.ts';
import { application } from './render/testing/repository.ts';
import { rootProjectChecks } from './root-projects.ts';
import { sync } from './sync-command.ts';
import { viewWith } from './view.fixture.ts';

const folder = 'environments/dev';
const child = (name: string, project?: string) => application(name, { path: name }, { project });
const set = (name: string, project?: string): KubernetesObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'ApplicationSet',
  metadata: { name, namespace: 'argocd' },
  spec: { generators: [], template: { metadata: { name: '{{ .name }}' }, spec: { project } } },
});
const appProject = (name: string, spec: object): KubernetesObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name, namespace: 'argocd' },
  spec,
});
const open = {
  sourceRepos: ['*'],
  destinations: [{ server: '*', namespace: '*' }],
  clusterResourceWhitelist: [{ group: '*', kind: '*' }],
};

interface Given {
  /** What the folder renders. */
  readonly objects: readonly KubernetesObject[];
  /** What comes from a set, by its name. */
  readonly made?: Readonly<Record<string, KubernetesObject>>;
  readonly projects?: readonly KubernetesObject[];
  readonly files?: Readonly<Record<string, string>>;
  readonly applications?: string;
}

async function checks({ objects, made = {}, projects = [], files = {}, applications: said }: Given) {
  const view = viewWith(said ?? '{ repository: contoso/gitops, root: true }');
  const { applications } = view;
  if (applications === undefined) throw new TypeError('no applications');
  const rendered = (
    object: KubernetesObject,
    origin: Origin,
    own: readonly KubernetesObject[],
  ): RenderedApplication => ({
    application: readApplication(object),
    origin,
    objects: own,
    hooks: [],
    warnings: [],
  });
  const { argo } = ownObjects({
    view,
    applications,
    serverUrl: 'https://github.com',
    outputs: undefined,
    overrides: new Map(),
  });
  const known = [...argo.filter(({ kind }) => kind === 'AppProject'), ...projects];
  return rootProjectChecks(
    { applications },
    {
      applications: [
        rendered(application('contoso-root', { path: folder }), { is: 'given' }, objects),
        ...Object.entries(made).map(([name, object]) => rendered(object, { is: 'set', name }, [])),
      ],
      problems: [],
    },
    new Map(known.map(one => [one.metadata.name, one])),
    readMap(files),
  );
}

describe('an Application below the one over all', () => {
  test.each<[string, Given]>([
    ['in the project that was made for it', { objects: [child('shop', 'contoso'), set('shops', 'contoso')] }],
    ['over others, as the one over all', { objects: [child('more', 'contoso-root')] }],
    [
      'in a project of others that keeps it where it belongs',
      {
        objects: [child('shop', 'team')],
        projects: [appProject('team', { ...open, destinations: [{ server: '*', namespace: 'team-*' }] })],
      },
    ],
    [
      'in `default`, whose rights were taken away',
      {
        objects: [child('shop', 'default')],
        projects: [appProject('default', { sourceRepos: [], destinations: [] })],
      },
    ],
    [
      'in `default`, of a platform that makes each Application itself',
      { objects: [child('shop', 'default')], applications: '{ repository: contoso/gitops, apps: [{ name: web }] }' },
    ],
  ])('%s', async (_, given) => {
    expect(await checks(given)).toEqual([]);
  });

  const text = `# of the shop
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: other }
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
spec:
  project: default
`;

  test.each([
    ['as Argo CD makes it', [appProject('default', open)]],
    ['before there is an Argo CD', []],
  ])('may not be in `default` %s, and is told where that stands', async (_, projects) => {
    const files = { [`${folder}/apps.yaml`]: text, [`${folder}/notes.md`]: 'shop' };
    expect(await checks({ objects: [child('shop', 'default')], projects, files })).toEqual([
      {
        id: 'application/open-project/default',
        name: 'Applications of the folder cannot change the platform',
        status: 'blocked',
        message: `Application shop (${folder}/apps.yaml:11) is in the project \`default\`, which lets it into the namespace argocd, and so change all of the platform.`,
        remedy: 'Write `project: contoso` there, or take the rights of `default` away.',
      },
    ]);
  });

  test('that names none is in `default`, and told where it begins; one that a template makes, by its name', async () => {
    const files = { [`${folder}/apps.yaml`]: text.replace('  project: default\n', '  source: {}\n') };
    const [check] = await checks({ objects: [child('shop'), child('templated')], files });
    expect(check?.message).toContain(
      `Application shop (${folder}/apps.yaml:9) and Application templated are in the project \`default\``,
    );
  });

  test('that a set makes counts once, and where the set takes the project from a generator', async () => {
    const said = await checks({ objects: [set('shops')], made: { shops: child('shop-one') } });
    expect(said[0]?.message).toMatch(/^ApplicationSet shops is in the project `default`/);
    const templated = await checks({
      objects: [set('shops', '{{ .project }}')],
      made: { shops: child('shop-one', 'default') },
    });
    expect(templated[0]?.message).toMatch(/^Application shop-one is in the project `default`/);
  });

  test('in another project without limits is warned of: somebody made that', async () => {
    const found = await checks({ objects: [child('shop', 'all')], projects: [appProject('all', open)] });
    expect(found).toMatchObject([
      {
        status: 'warning',
        message: expect.stringContaining('the project `all`'),
        remedy: 'Write `project: contoso` there, unless that is meant.',
      },
    ]);
  });
});

test('a sync delivers and applies nothing while one may change all of the platform', async () => {
  const world = await playWorld('{ repository: contoso/gitops, root: true }');
  const text = JSON.stringify(child('shop', 'default'), undefined, 2);
  world.commit({ [`${folder}/shop.json`]: text });
  const { services, connected, effects } = world.machine(1);
  const request = { command: 'sync', timeoutMs: 60_000, images: [], rollsBack: false } as unknown as Parameters<
    typeof sync
  >[0];
  const { error } = await world.settle(sync(request, world.target, services, connected, services.clock.now()));
  const line = text.slice(0, text.indexOf('"project"')).split('\n').length;
  expect(String(error)).toContain(`Application shop (${folder}/shop.json:${line}) is in the project \`default\``);
  expect(effects).toEqual([]);
  await world.remove();
});
