import { join } from 'node:path';
import type { EnvironmentScope, SecretNamespace, SecretsRelease } from '@suite/platform-file';
import { recordNamespace } from '../record.ts';
import type { Release, ReleaseInput, TerraformOutputs } from '../release.ts';
import { environmentOf } from './cloud.ts';
import { clientIdOf, type Draft, present, withUserValues } from './values.ts';

/** Secrets of the key vault as Kubernetes Secrets, each namespace with an identity of its own. */
export function secrets({ view, outputs, chartsFolder }: ReleaseInput): Release | undefined {
  const settings = view.releases.secrets;
  if (settings === undefined) return undefined;
  return {
    name: 'secrets',
    // What it makes goes to the namespaces of others.
    namespace: recordNamespace,
    podSecurity: 'restricted',
    chart: { kind: 'folder', path: join(chartsFolder, 'secrets') },
    needs: [],
    ...withUserValues(draft(view, settings, outputs), settings.values),
    images: [{ path: ['image'], repository: 'pause', form: 'repository-tag' }],
    // A pod that mounts the vault runs only when all of its secrets were read.
    readiness: [{ kind: 'rollouts' }],
    isStateful: false,
    apply: { forceConflicts: false, reason: 'Nobody else writes to what it renders; whoever does is shown.' },
    timeoutSeconds: 600,
    setting: settings.setting,
  };
}

/** What a release needs that may read secrets of its namespace: a pod whose Secret is not there does not start. */
export function secretsOf({ releases }: EnvironmentScope, namespace: SecretNamespace): readonly string[] {
  const isBrought = releases.secrets?.entries.some(entry => entry.namespace === namespace) ?? false;
  return isBrought ? ['secrets'] : [];
}

function draft(view: EnvironmentScope, { entries }: SecretsRelease, outputs: TerraformOutputs): Draft {
  const byNamespace = Map.groupBy(entries, ({ namespace }) => namespace);
  const clientId = (namespace: SecretNamespace) => clientIdOf(outputs, `secrets-${namespace}`);
  const namespaces = [...byNamespace.keys()].sort();
  return {
    unknown: namespaces
      .filter(namespace => clientId(namespace) === undefined)
      .map(namespace => ['namespaces', namespace, 'clientId']),
    values: present({
      vault: vaultName(view),
      tenant: view.tenant,
      cloud: environmentOf(view.cloud),
      // Those that run go on without it; a second one keeps rotation going while a node is away.
      replicas: view.production ? 2 : 1,
      namespaces: Object.fromEntries(
        namespaces.map(namespace => [
          namespace,
          present({
            clientId: clientId(namespace),
            secrets: (byNamespace.get(namespace) ?? []).map(({ name, labels, keys }) => ({ name, labels, keys })),
          }),
        ]),
      ),
    }),
  };
}

function vaultName({ vault }: EnvironmentScope): string {
  return vault.existing ? (vault.id.split('/').at(-1) ?? '') : vault.name;
}
