import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Kit, mask } from '@suite/action-kit';
import { folderState } from '@suite/action-kit/post';
import {
  type Answer,
  createContainerRegistries,
  createCredential,
  createPreflightReader,
  isRegistryOf,
  type RegistryView,
  registryTokens,
} from '@suite/azure';
import { writeReport } from '@suite/change-report';
import { duration } from '@suite/foundation';
import {
  apiHostOf,
  createRegistry,
  createTransfers,
  dockerLogin,
  type ImageSource,
  openLayout,
  openLayoutFiles,
  openSourceRegistry,
  type RegistryOptions,
} from '@suite/registry';
import { build } from './builder.ts';
import type { Request } from './inputs.ts';
import type { Connected, OpenRegistry, Services } from './ports.ts';
import type { ApplierRights } from './rights.ts';
import { demandOneHost, findCredential } from './sources.ts';
import type { RegistryPlace, Target } from './target.ts';

/** Wires the runner, Azure and registries to what the commands ask for. */
export function createServices(kit: Kit, request: Request): Services {
  const { context, log, clock, summary, signal, setOutputs } = kit;
  return {
    context,
    log,
    clock,
    summary,
    signal,
    setOutputs,
    connect: target => connect(kit, request, target),
    writeReport: (command, report) => writeReport(context.temp, command, report),
  };
}

async function connect(kit: Kit, request: Request, target: Target): Promise<Connected> {
  const { clock, log, env } = kit;
  const { tenant, cloud, identity } = target;
  demandOneHost(
    request,
    target.images.flatMap(({ origin }) => (origin.kind === 'registry' ? [origin.source.host] : [])),
  );
  const credential = createCredential({
    identity,
    tenant,
    cloud,
    oidc: { requestToken: kit.requestIdToken },
    mask,
    clock,
  });
  const registries = createContainerRegistries(credential, { cloud, identity, clock });
  const onPause = (pause: number) => log.info(`Trying again in ${duration(pause)}.`);
  const optionsOf = (host: string, resource?: RegistryView): RegistryOptions => ({
    host,
    tenant,
    // What is missing is named by the roles that count there.
    identity: resource === undefined ? identity : { ...identity, roles: resource.permissions },
    entraToken: registryTokens(credential),
    mask,
    clock,
    onPause,
  });
  const dockerFolder = env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker');

  const openHost = (host: string, resource: RegistryView | undefined): OpenRegistry => {
    const options = optionsOf(host, resource);
    const artifacts = createRegistry(options);
    return {
      host,
      resource,
      transfers: createTransfers(options),
      lock: async (repository, reference) => (await artifacts.lock(repository, reference)).digest,
      build: wanted => {
        const folder = join(kit.context.temp, 'push-acr', `build-${randomUUID()}`);
        // A process that is killed leaves it to its post stage.
        kit.saveState(folderState, folder);
        const login = () => dockerLogin(options);
        const { processes, context } = kit;
        return build(wanted, { host, login, folder, dockerFolder, env, cwd: context.workspace, processes, log });
      },
    };
  };
  const open = async (place: RegistryPlace | undefined): Promise<OpenRegistry | undefined> => {
    if (place === undefined) return undefined;
    if (place.kind === 'host') return openHost(place.host, undefined);
    const resource = await registries.find(place.id);
    return resource === undefined ? undefined : openHost(resource.loginServer, resource);
  };

  const sources = new Map<string, Promise<(repository: string) => ImageSource>>();
  const openSource = async (host: string): Promise<(repository: string) => ImageSource> => {
    const found = await findCredential(request, host, dockerFolder, mask);
    // Another registry of the tenant is read with the identity of the job.
    if (found === undefined && isRegistryOf(cloud, host)) return createTransfers(optionsOf(host)).source;
    const api = apiHostOf(host);
    return openSourceRegistry({
      host: api,
      mask,
      clock,
      onPause,
      ...(found === undefined ? {} : { credential: found }),
    });
  };

  const applierRights = async (registryId: string): Promise<Answer<ApplierRights>> => {
    const { applier } = target;
    if (applier === undefined) return { known: false, why: 'There is no apply identity without a platform file.' };
    const { clientId, subscription } = applier;
    const reader = createPreflightReader(credential, { cloud, identity, clock, subscription });
    const principal = await reader.principal(clientId);
    if (!principal.known) return principal;
    const objectId = principal.value;
    if (objectId === undefined) {
      return { known: false, why: `The subscription ${subscription} has no identity with client id ${clientId}.` };
    }
    // `/subscriptions/<id>/…`
    const where = registryId.split('/')[2] ?? subscription;
    const [grants, denials] = await Promise.all([reader.grants(objectId, where), reader.denials(where)]);
    if (!grants.known) return grants;
    return denials.known ? { known: true, value: { objectId, grants: grants.value, denials: denials.value } } : denials;
  };

  const [registry, upstream] = await Promise.all([open(target.registry), open(target.upstream)]);
  return {
    registry,
    upstream,
    source: async (host, repository) => {
      const opening = sources.get(host) ?? openSource(host);
      sources.set(host, opening);
      return (await opening)(repository);
    },
    openLayout: async path => openLayout(await openLayoutFiles(path)),
    offerImport: registries.offerImport,
    applierRights,
  };
}
