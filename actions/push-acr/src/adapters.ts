import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Kit, mask } from '@suite/action-kit';
import { folderState } from '@suite/action-kit/post';
import { clouds, createContainerRegistries, createCredential, type RegistryView } from '@suite/azure';
import { writeReport } from '@suite/change-report';
import { duration } from '@suite/foundation';
import {
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
import { apiHostOf, demandOneHost, findCredential } from './sources.ts';
import type { RegistryPlace, Target } from './target.ts';

const cloud = clouds.public;
/** Registries refuse tokens for the resource manager where a policy says so; this one is their own. */
const registryAudience = 'https://containerregistry.azure.net/.default';

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
  const { tenant, identity } = target;
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
  const optionsOf = (host: string): RegistryOptions => ({
    host,
    tenant,
    identity,
    entraToken: async () => (await credential.getToken(registryAudience)).token,
    mask,
    clock,
    onPause,
  });
  const dockerFolder = env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker');

  const openHost = (host: string, resource: RegistryView | undefined): OpenRegistry => {
    const options = optionsOf(host);
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
        const login = async () => {
          const given = await dockerLogin(options);
          mask(Buffer.from(`${given.user}:${given.password}`).toString('base64'));
          return given;
        };
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
    if (found === undefined && /\.azurecr\.io$/.test(host)) return createTransfers(optionsOf(host)).source;
    const api = apiHostOf(host);
    return openSourceRegistry({
      host: api,
      mask,
      clock,
      onPause,
      ...(found === undefined ? {} : { credential: found }),
    });
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
    importImage: registries.importImage,
  };
}
