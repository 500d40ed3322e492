import { type AppProject, forbiddenBy, readProject } from '@suite/argocd';
import type { Check } from '@suite/change-report';
import { asObject, asString, shortList } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { kindOf, nodeAt, parseYaml, stringAt } from '@suite/platform-file/yaml';
import { placeIn } from './deliver/forms/form.ts';
import type { Read } from './deliver/index.ts';
import { ownCluster } from './objects.ts';
import { isApplication, isApplicationSet, type Rendering } from './render/index.ts';
import type { Target } from './target.ts';

/** Argo CD makes it at its first start, and takes it where an Application names none. */
const argoProject = 'default';
const mostNamed = 5;

interface Child {
  readonly kind: string;
  readonly name: string;
  readonly project: string;
}

/**
 * Whether the Applications below the one over all stay within what their team may do: any of them may name any project of this Argo CD, and
 * with a project that lets them into Argo CD's own namespace they may change whatever the platform has. Nobody has made `default` for them,
 * so that is refused; another such project was made by somebody who may.
 */
export async function rootProjectChecks(
  { applications }: Pick<Target, 'applications'>,
  { applications: rendered }: Rendering,
  projects: ReadonlyMap<string, KubernetesObject>,
  read: Read,
): Promise<readonly Check[]> {
  const { hasRoot, argoNamespace, path, project: own } = applications;
  if (!hasRoot) return [];
  const written = rendered
    .flatMap(({ objects }) => objects.filter(one => isApplication(one) || isApplicationSet(one)))
    .map(childOf);
  // Where a set names the project by a template, what it makes says which one.
  const made = rendered.flatMap(({ origin, application: { object } }) => {
    if (origin.is !== 'set') return [];
    const child = childOf(object);
    const isSaid = written.some(
      ({ kind, name, project }) => kind === 'ApplicationSet' && name === origin.name && project === child.project,
    );
    return isSaid ? [] : [child];
  });
  const byProject = Map.groupBy([...written, ...made], ({ project }) => project);
  const checks: Check[] = [];
  for (const [project, all] of byProject) {
    const found = projects.get(project);
    const isOpen = found === undefined ? project === argoProject : letsInto(argoNamespace, readProject(found));
    if (!isOpen) continue;
    const places = await Promise.all(all.map(child => placeOf(child, path, read)));
    const named = all.map((child, at) => {
      const title = `${child.kind} ${child.name}`;
      return places[at] === undefined ? title : `${title} (${places[at]})`;
    });
    const isArgos = project === argoProject;
    checks.push({
      id: `application/open-project/${project}`,
      name: 'Applications of the folder cannot change the platform',
      status: isArgos ? 'blocked' : 'warning',
      message: `${shortList(named, mostNamed)} ${all.length === 1 ? 'is' : 'are'} in the project \`${project}\`, which lets ${all.length === 1 ? 'it' : 'them'} into the namespace ${argoNamespace}, and so change all of the platform.`,
      remedy: isArgos
        ? `Write \`project: ${own}\` there, or take the rights of \`${argoProject}\` away.`
        : `Write \`project: ${own}\` there, unless that is meant.`,
    });
  }
  return checks;
}

function childOf(object: KubernetesObject): Child {
  const spec = asObject(object['spec']);
  const own = isApplicationSet(object) ? asObject(asObject(spec['template'])['spec']) : spec;
  return { kind: object.kind, name: object.metadata.name, project: asString(own['project']) || argoProject };
}

/** Whoever may write Secrets there is Argo CD. */
function letsInto(namespace: string, project: AppProject): boolean {
  const application = { namespace, sources: [], destination: { server: ownCluster, name: undefined, namespace } };
  const secret = { group: '', kind: 'Secret', name: 'argocd-secret', isNamespaced: true };
  return forbiddenBy(project, application, namespace, [secret]).length === 0;
}

/** `environments/dev/shop.yaml:7`: where it names its project, or itself; undefined for what a template or a base makes. */
async function placeOf({ kind, name }: Child, folder: string, read: Read): Promise<string | undefined> {
  for (const path of await read.list(folder)) {
    if (!/\.(?:ya?ml|json)$/.test(path)) continue;
    const text = (await read.text(path)) ?? '';
    for (const document of text.includes(name) ? (parseYaml(text) ?? []) : []) {
      const { contents } = document;
      const metadata = nodeAt(contents, 'metadata');
      if (kindOf(document)?.kind !== kind || stringAt(metadata, 'name', document) !== name) continue;
      const spec = nodeAt(contents, 'spec');
      const own = kind === 'ApplicationSet' ? nodeAt(nodeAt(spec, 'template'), 'spec') : spec;
      return `${path}:${placeIn(text, nodeAt(own, 'project') ?? nodeAt(metadata, 'name')).line}`;
    }
  }
  return undefined;
}
