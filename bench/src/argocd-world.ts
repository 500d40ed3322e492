import { setTimeout as sleep } from 'node:timers/promises';
import { patience } from '@suite/argocd';
import { asArray, asObject, type JsonObject, mapInParallel } from '@suite/foundation';
import { putHelmOnPath } from '../../scripts/helm.ts';
import { type ApplicationsWorld, openApplicationsWorld } from '../../test/support/applications-world.ts';
import { definitions } from '../../test/support/argocd/objects.ts';
import { succeeded } from '../../test/support/bundle.ts';
import { attachControlPlane } from '../../test/support/control-plane/behind-azure.ts';
import { type RunningControlPlane, startControlPlane } from '../../test/support/control-plane.ts';
import { controllerFields, readyPatch, waitingApplication } from './argocd-objects.ts';
import { type ProcessUse, watchProcess } from './process-use.ts';

export interface ArgoBench {
  /** Delivers a new image in the sandbox's cluster, has its Argo CD sync it, proves and records it. */
  sync(): Promise<Ended>;
  /** Waits for one Application of the real API server. */
  wait(): Promise<Ended>;
  /** Waits for so many at once. */
  follow(size: number): Promise<Followed>;
  close(): Promise<void>;
}

/** In milliseconds. */
export interface Ended {
  /** How long an application has to stay so, by what its object says. */
  readonly stable: number;
  /** From the end of that to the end of the process. */
  readonly beyond: number;
}

export interface Followed extends ProcessUse {
  /** What an Application is as JSON, in the API. */
  readonly kilobytes: number;
}

const applications = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
const atOnce = 20;
/** The bundle follows by then. */
const settledMs = 1500;

export async function openArgoBench(): Promise<ArgoBench> {
  await putHelmOnPath(process.env);
  const world = await openApplicationsWorld();
  let real: RunningControlPlane | undefined;
  let made = 0;
  let looks = 0;
  const close = async () => {
    await world.sandbox.close();
    await real?.stop();
  };
  const attached = async () => {
    real ??= await attach(world);
    return real;
  };

  /** Waits for the first `size` Applications, which the controller looks at again once all are followed. */
  async function waitFor(size: number) {
    const control = await attached();
    await mapInParallel(namesOf(size).slice(made), atOnce, async name => {
      await control.api.create(`${applications}?fieldManager=${controllerFields}`, waitingApplication(name));
    });
    made = Math.max(made, size);
    looks += 1;
    const apps = `apps: [${namesOf(size)
      .map(name => `{ name: ${name} }`)
      .join(', ')}]`;
    await world.sandbox.edit('platform.yaml', text =>
      text.replace(/^applications: .*$/m, `applications: { repository: contoso/gitops, ${apps} }`),
    );
    const isAsked = askedSince(world, size);
    let watching: ReturnType<typeof watchProcess> | undefined;
    const running = world.run('wait', {}, { onStart: ({ pid }) => (watching = watchProcess(pid)) });
    if (!(await seenBefore(running, isAsked))) throw new Error((await running).log.join('\n'));
    await sleep(settledMs);
    const ready = performance.now();
    await mapInParallel(namesOf(size), atOnce, async name => {
      const path = `${applications}/${name}?fieldManager=${controllerFields}`;
      const { status } = await control.api.call('PATCH', path, readyPatch(looks));
      if (status !== 200) throw new Error(`${name} could not be changed: ${status}.`);
    });
    succeeded(await running);
    const milliseconds = performance.now() - ready;
    const use = watching?.stop();
    if (use === undefined) throw new Error('The step had no process.');
    return { control, milliseconds, use };
  }

  return {
    sync: async () => {
      looks += 1;
      await world.choose(`round ${looks}`, 'one', 'apps: [{ name: web, images: [web] }]');
      await world.push();
      const before = statusIn(world);
      const running = world.run('sync');
      const isSeen = await seenBefore(running, () => isThere(statusIn(world), before));
      const ready = performance.now();
      succeeded(await running);
      if (!isSeen) throw new Error('The application was not seen to become healthy.');
      const stable = stableMs(statusIn(world).status);
      return { stable, beyond: performance.now() - ready - stable };
    },
    wait: async () => {
      const { control, milliseconds } = await waitFor(1);
      const stable = stableMs(asObject((await control.api.get(`${applications}/${namesOf(1)[0]}`))['status']));
      return { stable, beyond: milliseconds - stable };
    },
    follow: async size => {
      const { control, use } = await waitFor(size);
      const object = await control.api.get(`${applications}/${namesOf(1)[0]}`);
      return { ...use, kilobytes: JSON.stringify(object).length / 1000 };
    },
    close,
  };
}

function namesOf(size: number): readonly string[] {
  return Array.from({ length: size }, (_, index) => `app-${index}`);
}

/** A real API server in place of the sandbox's, with Argo CD's definitions and no controller: the bench writes what it would. */
async function attach({ sandbox }: ApplicationsWorld): Promise<RunningControlPlane> {
  const control = await startControlPlane();
  const { api } = control;
  await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } });
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const definition of await definitions()) await api.create(path, definition);
  await api.until(applications, list => Array.isArray(list['items']));
  await attachControlPlane(sandbox.world, control);
  return control;
}

/** Whether Argo CD has been asked, from now on, to look at so many again. */
function askedSince({ sandbox }: ApplicationsWorld, size: number): () => boolean {
  const { ledger } = sandbox.world;
  const asked = new Set<string>();
  let seen = ledger.requests.length;
  return () => {
    for (const { method, path } of ledger.requests.slice(seen)) {
      if (method === 'PATCH' && path.startsWith(applications)) asked.add(path);
    }
    seen = ledger.requests.length;
    return asked.size >= size;
  };
}

/** Looks every few milliseconds, until the work is over: false when it is not seen by then. */
async function seenBefore(work: Promise<unknown>, isSeen: () => boolean): Promise<boolean> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  work.then(over, over);
  while (!isOver) {
    if (isSeen()) return true;
    await sleep(5);
  }
  return false;
}

interface Seen {
  readonly status: JsonObject;
  readonly isAsked: boolean;
}

function statusIn({ cluster }: ApplicationsWorld): Seen {
  const web = cluster.get({ resource: 'applications.argoproj.io', namespace: 'argocd', name: 'web' });
  return { status: asObject(web?.['status']), isAsked: web?.['operation'] !== undefined };
}

/** Its own operation is over, the comparison after it says that all is well. */
function isThere({ status, isAsked }: Seen, before: Seen): boolean {
  const lastOf = (seen: Seen) => asObject(asArray(seen.status['history']).at(-1))['id'];
  const state = asObject(status['operationState']);
  return (
    !isAsked &&
    state['phase'] === 'Succeeded' &&
    lastOf({ status, isAsked }) !== lastOf(before) &&
    String(status['reconciledAt']) >= String(state['finishedAt']) &&
    asObject(status['sync'])['status'] === 'Synced' &&
    asObject(status['health'])['status'] === 'Healthy'
  );
}

function stableMs(status: JsonObject): number {
  const { stable, stableInSameSecond } = patience;
  const isSameSecond = status['reconciledAt'] === asObject(status['operationState'])['finishedAt'];
  return isSameSecond ? stableInSameSecond : stable;
}
