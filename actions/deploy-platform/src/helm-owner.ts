import { asObject, asString } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { code } from './checks/finding.ts';
import type { Release } from './release.ts';

type Named = Pick<Release, 'name' | 'namespace'>;

/** What Helm writes on all that it makes, and asks for before it takes anything over (Helm, pkg/action/validate.go). */
export const helmRelease = 'meta.helm.sh/release-name';
const helmNamespace = 'meta.helm.sh/release-namespace';
const managedBy = 'app.kubernetes.io/managed-by';

/** Labels and annotations of an object that is to become a release's: Helm takes over what says so. */
export function ownedBy({ name, namespace }: Named) {
  return { labels: { [managedBy]: 'Helm' }, annotations: { [helmRelease]: name, [helmNamespace]: namespace } };
}

export function isOwnedBy(
  { metadata: { labels, annotations } }: KubernetesObject,
  { name, namespace }: Named,
): boolean {
  return (
    labels?.[managedBy] === 'Helm' && annotations?.[helmRelease] === name && annotations[helmNamespace] === namespace
  );
}

/** Who brought an object, as far as it says so: `the Helm release \`stack\``. */
export function ownerOf({ metadata }: KubernetesObject): string {
  const { annotations = {}, labels = {} } = metadata;
  const { [helmRelease]: release, [helmNamespace]: namespace } = annotations;
  if (release !== undefined) {
    return `the Helm release ${code(release)}${namespace === undefined ? '' : ` of ${code(namespace)}`}`;
  }
  const [manager] = metadata.managedFields ?? [];
  const by = annotations[managedBy] ?? labels[managedBy] ?? asString(asObject(manager)['manager']);
  return by === undefined ? 'somebody who left no name' : code(by);
}
