import { asArray, asObject } from '@suite/foundation';
import type { KubernetesView, StepResult } from '@suite/sandbox';
import { type BundleWorld, openBundleWorld, type RunOptions, succeeded } from './bundle.ts';
import { clusterIdIn } from './control-plane/behind-azure.ts';
import { inRegistry, makeImage } from './images.ts';

/** The example's two applications in dev: Argo CD is installed, images are pushed, nothing is delivered. */
export interface ApplicationsWorld {
  readonly sandbox: BundleWorld;
  readonly cluster: KubernetesView;
  /** Images and applications of the platform file; each name of a version is another image. */
  choose(web: string, worker: string, applications?: string): Promise<void>;
  /** Brings the images that were chosen into dev's registry. */
  push(): Promise<void>;
  /** `sync-argocd` as it ships, with the App that may write the GitOps repository. */
  run(command: string, inputs?: Readonly<Record<string, string>>, options?: RunOptions): Promise<StepResult>;
  digestOf(name: string, version: string): string;
  /** Digests that the pods of an application report. */
  running(namespace: string): readonly string[];
}

const off = ['prometheus-operator-crds', 'cert-manager', 'issuers', 'kube-prometheus-stack'];
const both = 'apps: [{ name: web, images: [web] }, { name: worker, images: [worker] }]';

export async function openApplicationsWorld(): Promise<ApplicationsWorld> {
  const sandbox = await openBundleWorld(undefined, {
    'platform.yaml': text =>
      text.replace(
        /( {2}dev:\n(?: {4}.*\n)*)/,
        dev => `${dev}    releases: { ${off.map(name => `${name}: false`).join(', ')} }\n`,
      ),
  });
  sandbox.world.settings.operationMs = 0;
  const platform = (inputs: Readonly<Record<string, string>>) =>
    sandbox.run({ scope: 'dev', ...inputs }, { action: 'deploy-platform' });
  /** An image of its own for each name and version. */
  const digestOf = (name: string, version: string) =>
    makeImage(inRegistry(sandbox.world.registries.registry('ghcr.io'), `contoso/${name}`), {
      name: `${name} ${version}`,
    }).digest;
  const choose: ApplicationsWorld['choose'] = async (web, worker, applications = both) => {
    const source = (name: string, version: string) => `ghcr.io/contoso/${name}@${digestOf(name, version)}`;
    await sandbox.edit(
      'platform.yaml',
      text =>
        `${text.replace(/^images:[\s\S]*/m, '')}images:
  web: { source: "${source('web', web)}" }
  worker: { source: "${source('worker', worker)}" }
applications: { repository: contoso/gitops, ${applications} }
`,
    );
  };
  const push = async () => {
    succeeded(await sandbox.run({ command: 'push', scope: 'dev' }, { action: 'push-acr' }));
  };
  try {
    await choose('one', 'one');
    for (const scope of ['shared', 'dev']) await sandbox.deploy(scope);
    const planned = succeeded(await platform({ command: 'plan' }));
    succeeded(
      await platform({
        command: 'apply',
        'expected-digest': planned.outputs['digest'] ?? '',
        'expected-releases': planned.outputs['releases'] ?? '',
      }),
    );
    await push();
  } catch (error) {
    await sandbox.close();
    throw error;
  }
  const cluster = sandbox.world.kubernetes.of(clusterIdIn(sandbox.world));
  return {
    sandbox,
    cluster,
    choose,
    push,
    run: async (command, inputs = {}, options = {}) => {
      const { gitops } = sandbox;
      if (gitops === undefined) throw new Error('There is no GitOps repository.');
      const access = { 'gitops-app-id': gitops.app.clientId, 'gitops-app-key': gitops.app.privateKey };
      return sandbox.run({ command, scope: 'dev', ...access, ...inputs }, { action: 'sync-argocd', ...options });
    },
    digestOf,
    running: namespace => [
      ...new Set(
        cluster
          .list('pods', namespace)
          .flatMap(pod => asArray(asObject(pod['status'])['containerStatuses']))
          .map(status => String(asObject(status)['imageID']).split('@')[1] ?? ''),
      ),
    ],
  };
}
