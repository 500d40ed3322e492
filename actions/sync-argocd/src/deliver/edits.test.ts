import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { editsFor, overridesFor } from './edits.ts';
import { app, digest, folder, oldDigest, readMap, web, worker } from './testing.ts';
import type { DeliveredApp, PlacedChart, PlacedImage } from './types.ts';

const at = (file: string) => `${folder}/${file}`;
const repository = web.repository;

async function edited(
  files: Readonly<Record<string, string>>,
  apps: readonly DeliveredApp[] = [app()],
  images: readonly PlacedImage[] = [web, worker],
  charts: readonly PlacedChart[] = [],
) {
  const edits = await editsFor(readMap(files), apps, { images, charts });
  const after = { ...files, ...Object.fromEntries(edits.files.map(file => [file.path, file.after])) };
  // A second run has nothing to do.
  expect((await editsFor(readMap(after), apps, { images, charts })).files).toEqual([]);
  return { edits, after };
}

async function problems(
  files: Readonly<Record<string, string>>,
  apps: readonly DeliveredApp[] = [app()],
  charts: readonly PlacedChart[] = [],
) {
  const error = await editsFor(readMap(files), apps, { images: [web, worker], charts }).catch(caught => caught);
  if (!(error instanceof UserError)) throw error;
  return error.message;
}

const pod = (image: string) => `kind: Pod
apiVersion: v1
spec:
  containers:
    - name: main
      image: ${image} # the app
    - name: proxy
      image: envoy:1
`;

describe('a kustomization', () => {
  test('has the entry, and keeps everything else', async () => {
    const text = `# web in dev
resources: [../../../base/web]

images:
  - name: ghcr.io/contoso/web # as in the base
    newTag: "1.4.2" # by hand
  - name: envoy
    newTag: "1"
`;
    const { after, edits } = await edited({ [at('kustomization.yaml')]: text });
    expect(after[at('kustomization.yaml')]).toBe(`# web in dev
resources: [../../../base/web]

images:
  - name: ghcr.io/contoso/web # as in the base
    digest: ${digest} # by hand
    newName: ${repository}
  - name: envoy
    newTag: "1"
`);
    expect(edits.places).toEqual([
      {
        app: 'web',
        kind: 'image',
        item: 'web',
        form: 'kustomization',
        file: at('kustomization.yaml'),
        line: 5,
        before: 'ghcr.io/contoso/web:1.4.2',
        after: `${repository}@${digest}`,
      },
    ]);
  });

  test('that pins another registry already', async () => {
    const text = (name: string, pin: string) =>
      `images:\n- digest: ${pin}\n  name: web\n  newName: ${name}\nresources: [x.yaml]\n`;
    const { after } = await edited({ [at('Kustomization')]: text('crprod.azurecr.io/apps/web', oldDigest) });
    expect(after[at('Kustomization')]).toBe(text(repository, digest));
  });

  test('that is known by its name, wherever it leads now', async () => {
    const { after } = await edited({ [at('kustomization.yaml')]: 'images:\n- name: web\n  newName: quay.io/x/y\n' });
    expect(after[at('kustomization.yaml')]).toBe(
      `images:\n- name: web\n  newName: ${repository}\n  digest: ${digest}\n`,
    );
  });

  test('with tag and digest loses the tag', async () => {
    const { after } = await edited({
      [at('kustomization.yml')]: `images:\n- name: web\n  newTag: v1\n  digest: ${oldDigest}\n`,
    });
    expect(after[at('kustomization.yml')]).toBe(
      `images:\n- name: web\n  digest: ${digest}\n  newName: ${repository}\n`,
    );
  });

  test.each([
    [
      'in its own folder',
      { [at('kustomization.yaml')]: 'resources:\n- pod.yaml\n', [at('pod.yaml')]: pod('web:1') },
      'web',
    ],
    [
      'in a base',
      {
        [at('kustomization.yaml')]: 'resources:\n- ../../../base\n',
        'base/kustomization.yaml': 'resources: [pod.yaml]\n',
        'base/pod.yaml': pod('ghcr.io/contoso/web:1'),
      },
      'ghcr.io/contoso/web',
    ],
    [
      'as a base renames it',
      {
        [at('kustomization.yaml')]: 'resources:\n- ../../../base\n',
        'base/kustomization.yaml': 'resources: [pod.yaml]\nimages: [{ name: thing, newName: quay.io/x/web }]\n',
        'base/pod.yaml': pod('thing:1'),
      },
      'quay.io/x/web',
    ],
  ])('gets one for a container %s', async (_, files, name) => {
    const before = files[at('kustomization.yaml')];
    const { after, edits } = await edited(files);
    expect(after[at('kustomization.yaml')]).toBe(
      `${before}images:\n- name: ${name}\n  newName: ${repository}\n  digest: ${digest}\n`,
    );
    expect(edits.files).toHaveLength(1);
  });

  test('whose bases lead around in a circle', async () => {
    const files = {
      [at('kustomization.yaml')]: 'resources: [../web, ../../../base]\n',
      'base/kustomization.yaml': 'resources: [../environments/dev/web]\n',
    };
    expect(await problems(files)).toContain('Nothing in environments/dev/web says where the image web');
  });

  test('from elsewhere needs an entry once', async () => {
    const files = {
      [at('kustomization.yaml')]: 'resources: ["https://github.com/x/y?ref=v1", "../../../../outside"]\n',
    };
    expect(await problems(files)).toBe(
      'Nothing in environments/dev/web says where the image web of the application web belongs. Looked at kustomization.yaml. Write it there once, as a container with the image `web`, an entry of `images:` in a kustomization, or Helm values `{ repository, digest }`; or take web from the application’s `images`.',
    );
  });
});

describe('Helm values', () => {
  const chart = {
    [at('Chart.yaml')]: 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    [at('templates/d.yaml')]: 'image: {{ .Values.image }}\n',
  };
  test.each([
    [
      'repository and digest',
      `image:\n  repository: ghcr.io/contoso/web # where\n  digest: "${oldDigest}"\n`,
      `image:\n  repository: ${repository} # where\n  digest: "${digest}"\n`,
    ],
    [
      'a tag, which stays',
      'image:\n  repository: contoso/web\n  tag: "1.0"\nreplicas: 2\n',
      `image:\n  repository: ${repository}\n  tag: "1.0"\n  digest: ${digest}\nreplicas: 2\n`,
    ],
    [
      'a tag with the digest in it',
      `image:\n  repository: web\n  tag: 1.0@${oldDigest}\n`,
      `image:\n  repository: ${repository}\n  tag: 1.0@${digest}\n`,
    ],
    [
      'a registry of its own',
      `a:\n  image: { registry: ghcr.io, repository: contoso/web, digest: "" }\n`,
      `a:\n  image: { registry: crdev.azurecr.io, repository: apps/web, digest: "${digest}" }\n`,
    ],
  ])('%s', async (_, before, after) => {
    const result = await edited({ ...chart, [at('values.yaml')]: before });
    expect(result.after[at('values.yaml')]).toBe(after);
  });

  test('of several files that have the key, all', async () => {
    const text = 'image: { repository: web, tag: a }\n';
    const { edits } = await edited({ ...chart, [at('values.yaml')]: text, [at('values-dev.yaml')]: text });
    expect(edits.files.map(({ path }) => path)).toEqual([at('values-dev.yaml'), at('values.yaml')]);
  });

  test('under a key that is named, whatever stands there', async () => {
    const text = 'main: { image: { repository: nginx, tag: a } }\nweb: { repository: web, tag: b }\n';
    const { after } = await edited({ [at('values.yaml')]: text }, [app({ values: { web: 'main.image' } })]);
    expect(after[at('values.yaml')]).toBe(
      `main: { image: { repository: ${repository}, tag: a, digest: ${digest} } }\nweb: { repository: web, tag: b }\n`,
    );
  });

  test('under two keys are in doubt', async () => {
    const text = 'a: { repository: web, tag: a }\nb: { repository: web, tag: b }\n';
    expect(await problems({ [at('values.yaml')]: text })).toBe(
      'Nothing in environments/dev/web says where the image web of the application web belongs: its values may stand under `a` and `b`. Say which: `values: { web: a }` of the application in the platform file.',
    );
  });

  test('under a key that is not there', async () => {
    expect(await problems({ [at('values.yaml')]: 'x: 1\n' }, [app({ values: { web: 'main' } })])).toContain(
      'no values there have `main` with `repository` and `digest` or `tag`',
    );
  });
});

describe('manifests', () => {
  test('every container of the image in every document, and no other', async () => {
    const job = `---
apiVersion: batch/v1
kind: CronJob
spec:
  jobTemplate:
    spec:
      template:
        spec:
          initContainers: [{ name: a, image: 'ghcr.io/contoso/web:1' }]
          containers:
          - image: web@${oldDigest}
`;
    const { after, edits } = await edited({ [at('all.yaml')]: pod('crprod.azurecr.io/apps/web:1') + job });
    const reference = `${repository}@${digest}`;
    expect(after[at('all.yaml')]).toBe(
      pod(reference) + job.replace('ghcr.io/contoso/web:1', reference).replace(`web@${oldDigest}`, reference),
    );
    expect(edits.places.map(({ line, before }) => [line, before])).toEqual([
      [6, 'crprod.azurecr.io/apps/web:1'],
      [17, 'ghcr.io/contoso/web:1'],
      [19, `web@${oldDigest}`],
    ]);
  });

  test('two that only look alike are in doubt', async () => {
    expect(await problems({ [at('a.yaml')]: pod('a.io/x/web'), [at('b.yaml')]: pod('b.io/y/web') })).toContain(
      'containers with the images a.io/x/web and b.io/y/web may all be meant',
    );
  });

  test('with an alias are refused by name', async () => {
    const text = 'kind: Pod\napiVersion: v1\nx: &web web:1\nspec:\n  containers:\n  - image: *web\n';
    expect(await problems({ [at('a.yaml')]: text })).toContain(
      'The image web of the application web cannot be written where it stands, because it is an alias.',
    );
  });
});

describe('Argo CD’s own objects', () => {
  const application = (source: string) => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web }
spec:
  source:
${source}`;
  test.each([
    [
      'kustomize',
      '    kustomize:\n      images:\n      - web=ghcr.io/contoso/web:1 # x\n      - envoy:2\n',
      `    kustomize:\n      images:\n      - web=${repository}@${digest} # x\n      - envoy:2\n`,
    ],
    [
      'a kustomize image without a name',
      `    kustomize: { images: ["ghcr.io/contoso/web:1"] }\n`,
      `    kustomize: { images: ["ghcr.io/contoso/web=${repository}@${digest}"] }\n`,
    ],
    [
      'parameters',
      `    helm:\n      parameters:\n      - name: image.repository\n        value: web\n      - { name: image.digest, value: "" }\n`,
      `    helm:\n      parameters:\n      - name: image.repository\n        value: ${repository}\n      - { name: image.digest, value: "${digest}" }\n`,
    ],
    [
      'parameters without a digest',
      '    helm:\n      parameters:\n      - name: image.repository\n        value: web\n',
      `    helm:\n      parameters:\n      - name: image.repository\n        value: ${repository}\n      - name: image.digest\n        value: ${digest}\n`,
    ],
    [
      'values',
      '    helm:\n      valuesObject:\n        image: { repository: web, tag: v1 }\n',
      `    helm:\n      valuesObject:\n        image: { repository: ${repository}, tag: v1, digest: ${digest} }\n`,
    ],
  ])('%s', async (_, before, after) => {
    const result = await edited({ [at('app.yaml')]: application(before) });
    expect(result.after[at('app.yaml')]).toBe(application(after));
  });

  test('of several sources, and of sets', async () => {
    const set = (image: string) =>
      `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  template:\n    spec:\n      sources:\n      - path: a\n      - kustomize: { images: [${image}] }\n`;
    const { after } = await edited({ [at('set.yaml')]: set('web:1') });
    expect(after[at('set.yaml')]).toBe(set(`web=${repository}@${digest}`));
  });
});

test('applications that share a file both get their images', async () => {
  const shared = `images:\n- name: web\n  newTag: a\n- name: worker\n  newTag: b\n`;
  const apps = [app(), app({ name: 'jobs', images: ['worker'] })];
  const { after, edits } = await edited({ [at('kustomization.yaml')]: shared }, apps);
  expect(after[at('kustomization.yaml')]).toBe(
    `images:\n- name: web\n  digest: ${digest}\n  newName: ${repository}\n- name: worker\n  digest: ${digest}\n  newName: ${worker.repository}\n`,
  );
  expect(edits.files).toHaveLength(1);
});

test('all that is wrong is told at once', async () => {
  const apps = [app(), app({ name: 'gone', path: 'environments/dev/gone' })];
  const message = await problems({ [at('a.yaml')]: pod('nginx') }, apps);
  expect(message.split('\n')).toHaveLength(2);
  expect(message).toContain('the GitOps repository has no YAML files in environments/dev/gone');
});

test('an application without images needs no folder', async () => {
  expect((await editsFor(readMap({}), [app({ images: [] })], { images: [web], charts: [] })).files).toEqual([]);
});

describe('overrides', () => {
  const overrides = (files: Readonly<Record<string, string>>) => overridesFor(readMap(files), [app()], [web]);
  test('of a kustomization', async () => {
    expect(
      await overrides({ [at('kustomization.yaml')]: 'resources: [pod.yaml]\n', [at('pod.yaml')]: pod('web:1') }),
    ).toEqual([{ app: 'web', kustomizeImages: [`web=${repository}@${digest}`], helmParameters: [] }]);
  });

  test('of values', async () => {
    expect(await overrides({ [at('values.yaml')]: 'a.b:\n  image: { repository: web, tag: v1 }\n' })).toEqual([
      {
        app: 'web',
        kustomizeImages: [],
        helmParameters: [
          { name: 'a\\.b.image.repository', value: repository, forceString: true },
          { name: 'a\\.b.image.digest', value: digest, forceString: true },
        ],
      },
    ]);
  });

  test('there are none for manifests', async () => {
    await expect(overrides({ [at('pod.yaml')]: pod('web:1') })).rejects.toThrow(
      '`deliver: application` cannot set the image web of the application web: environments/dev/web/pod.yaml is neither a kustomization nor Helm values.',
    );
  });
});
