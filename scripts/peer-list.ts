/**
 * The real programs that tests and benchmarks hold ours to, and where they lie once built. Each comes from a Go module that
 * pins everything it is made of: `test/reality/peers/<module>/go.mod`, go.sum.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

const modules = join(import.meta.dirname, '..', 'test', 'reality', 'peers');

/** Where built peers lie: outside of the repository, so that every checkout shares them. */
export const peerCache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'actions-ci', 'bin');

export interface PeerRecipe {
  /** What `build-peers NAME` builds. */
  readonly name: string;
  readonly version: string;
  /** Folder of its Go module, absolute. Peers of one module share what is compiled. */
  readonly module: string;
  /** The main package: a folder of the module, or one of its dependencies. */
  readonly package: string;
  /** What is set when it is linked: variable to value. */
  readonly variables: Readonly<Record<string, string>>;
  /** Built when it is named, and not with the others: what asks for it can do without it, and it would cost every run minutes. */
  readonly isOnDemand: boolean;
  /** The program, once built. Its name carries the version. */
  readonly path: string;
  /** What of its source lies beside it, for those who start it. */
  readonly files: readonly PeerFile[];
}

export interface PeerFile {
  /** The Go module that holds it, and where in there. */
  readonly module: string;
  readonly source: string;
  readonly path: string;
}

interface Draft {
  readonly name: string;
  readonly module: string;
  readonly package: string;
  /** The dependency whose version is the peer's. */
  readonly versionOf: string;
  readonly isOnDemand?: true;
  /** Paths in that dependency. */
  readonly files?: readonly string[];
  readonly variables?: (version: string) => Readonly<Record<string, string>>;
}

/** Helm and kubectl refuse an API server that does not say its version, and it is told when it is linked. */
function kubernetesVersion(version: string): Readonly<Record<string, string>> {
  const [major = '', minor = ''] = version.split('.');
  return {
    'k8s.io/component-base/version.gitVersion': `v${version}`,
    'k8s.io/component-base/version.gitMajor': major,
    'k8s.io/component-base/version.gitMinor': minor,
  };
}

const kubernetes = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
  (name): Draft => ({
    name,
    module: 'kubernetes',
    package: `./${name}`,
    versionOf: 'k8s.io/kubernetes',
    variables: kubernetesVersion,
  }),
);

const drafts: readonly Draft[] = [
  ...kubernetes,
  { name: 'etcd', module: 'etcd', package: 'go.etcd.io/etcd/server/v3', versionOf: 'go.etcd.io/etcd/server/v3' },
  {
    name: 'kwok',
    module: 'kwok',
    package: 'sigs.k8s.io/kwok/cmd/kwok',
    versionOf: 'sigs.k8s.io/kwok',
  },
  {
    name: 'helmfile',
    module: 'helmfile',
    package: 'github.com/helmfile/helmfile',
    versionOf: 'github.com/helmfile/helmfile',
    isOnDemand: true,
    variables: version => ({ 'go.szostok.io/version.version': version }),
  },
  // The other engine.
  {
    name: 'tofu',
    module: 'tofu',
    package: 'github.com/opentofu/opentofu/cmd/tofu',
    versionOf: 'github.com/opentofu/opentofu',
    isOnDemand: true,
    variables: () => ({ 'github.com/opentofu/opentofu/version.dev': 'no' }),
  },
  // Its controllers and its repo server.
  {
    name: 'argocd',
    module: 'argocd',
    package: './argocd',
    versionOf: 'github.com/argoproj/argo-cd/v3',
    variables: version => ({ 'github.com/argoproj/argo-cd/v3/common.version': version }),
    files: ['application', 'applicationset', 'appproject'].map(kind => `manifests/crds/${kind}-crd.yaml`),
  },
  // Its API server, for those who may not reach the objects.
  {
    name: 'argocd-server',
    module: 'argocd',
    package: './server',
    versionOf: 'github.com/argoproj/argo-cd/v3',
    variables: version => ({ 'github.com/argoproj/argo-cd/v3/common.version': version }),
  },
  // Argo CD's cache.
  { name: 'argocd-redis', module: 'argocd', package: './redis', versionOf: 'github.com/alicebob/miniredis/v2' },
  // What Argo CD's repo server calls.
  {
    name: 'kustomize',
    module: 'kustomize',
    package: 'sigs.k8s.io/kustomize/kustomize/v5',
    versionOf: 'sigs.k8s.io/kustomize/kustomize/v5',
  },
  // go-containerregistry's own registry, with the referrers API, and its client.
  { name: 'ggcr-registry', module: 'registry', package: '.', versionOf: 'github.com/google/go-containerregistry' },
  {
    name: 'crane',
    module: 'registry',
    package: 'github.com/google/go-containerregistry/cmd/crane',
    versionOf: 'github.com/google/go-containerregistry',
  },
  // CNCF distribution's registry on disk.
  { name: 'distribution', module: 'distribution', package: '.', versionOf: 'github.com/distribution/distribution/v3' },
];

/** All of them. Throws an Error that names the go.mod which does not require what it should. */
export const peerRecipes: readonly PeerRecipe[] = drafts.map(draft => {
  const module = join(modules, draft.module);
  const version = versionIn(join(module, 'go.mod'), draft.versionOf);
  const path = join(peerCache, `${draft.name}-${version}`);
  return {
    name: draft.name,
    version,
    module,
    package: draft.package,
    variables: draft.variables?.(version) ?? {},
    isOnDemand: draft.isOnDemand ?? false,
    path,
    files: (draft.files ?? []).map(source => ({
      module: draft.versionOf,
      source,
      path: `${path}-${basename(source)}`,
    })),
  };
});

/** Throws an Error that lists the names there are. */
export function findPeer(name: string): PeerRecipe {
  const found = peerRecipes.find(recipe => recipe.name === name);
  if (found === undefined) {
    throw new Error(`There is no peer ${name}. There are ${peerRecipes.map(recipe => recipe.name).join(', ')}.`);
  }
  return found;
}

function versionIn(goMod: string, dependency: string): string {
  const words = readFileSync(goMod, 'utf8')
    .split('\n')
    .map(line =>
      line
        .trim()
        .replace(/^require /, '')
        .split(' '),
    );
  const version = words.find(([name]) => name === dependency)?.[1];
  if (version === undefined) throw new Error(`${goMod} does not require ${dependency}.`);
  return version.replace(/^v/, '');
}
