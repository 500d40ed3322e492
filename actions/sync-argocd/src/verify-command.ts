import { membersOf } from '@suite/argocd';
import type { ChangeReport } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { chartChecks, placedCharts } from './charts.ts';
import type { Cargo } from './deliver/index.ts';
import { loginServerIn, placedImages } from './images.ts';
import type { Request } from './inputs.ts';
import type { Connected, Services } from './ports.ts';
import { type Outcome, runningOf, timingsOf } from './report.ts';
import { portsOf, syncPlanOf } from './run.ts';
import {
  type ArgoCd,
  childrenOf,
  explainProofs,
  explainSync,
  proveApplications,
  type SyncPlan,
  setsOf,
  waitApplications,
} from './sync/index.ts';
import type { Target } from './target.ts';

/** Waits until what is under way is done. */
export async function wait(
  request: Request,
  target: Target,
  services: Services,
  connected: Connected,
  startedAt: number,
): Promise<Outcome> {
  const offset = services.clock.now() - startedAt;
  const plan = syncPlanOf(request, target, services, { images: [], charts: [] }, undefined);
  const results = await waitApplications(plan, portsOf(target, services, connected));
  const error = explainSync(results);
  const timings = timingsOf(results, offset);
  const warnings = results.flatMap(({ name, notes }) => notes.map(note => `${name}: ${note}`));
  return { findings: { verdict: error === undefined ? 'verified' : 'failed', timings, warnings }, error };
}

/** Whether every application is synced with its charts, and healthy, and every container runs the digest that the platform file has. */
export async function verify(
  request: Request,
  target: Target,
  services: Services,
  connected: Connected,
): Promise<Outcome> {
  const ports = portsOf(target, services, connected);
  const plan = syncPlanOf(request, target, services, cargoOf(request, target, connected), undefined);
  const { unwell, suspended } = await healthOf(plan, ports.argo);
  const proofs = await proveApplications(plan, ports);
  const unproven = explainProofs(proofs);
  const ofCharts = await chartChecks(target, connected.helm);
  const moved = ofCharts.filter(({ status }) => status === 'blocked');
  const running = runningOf(proofs);
  const warnings = [
    ...ofCharts.filter(check => !moved.includes(check)).map(({ message }) => message),
    ...suspended.map(name => `${name}: part of it is suspended`),
    ...proofs.flatMap(({ name, notes }) => notes.map(note => `${name}: ${note}`)),
  ];
  const differences = [
    ...unwell,
    ...proofs.flatMap(({ name, problems }) =>
      problems.map(actual => ({ what: `application ${name}`, path: '', expected: 'what was promised', actual })),
    ),
    ...moved.map(({ name, setting = '', message: actual }) => ({
      what: name,
      path: setting,
      expected: 'as promised',
      actual,
    })),
  ];
  if (differences.length === 0) return { findings: { verdict: 'verified', warnings, running } };
  const problems = [
    ...unwell.map(({ what, expected, actual }) => ({ message: `${what} should be ${expected}, and is ${actual}.` })),
    ...(unproven?.problems ?? []),
    ...moved.map(({ message, remedy }) => ({ message, ...(remedy === undefined ? {} : { remedy }) })),
  ];
  return { findings: { verdict: 'mismatch', differences, warnings, running }, error: new UserError(problems) };
}

function cargoOf(request: Request, { view }: Target, { state }: Connected): Cargo {
  return {
    images: placedImages(view, loginServerIn(view, state?.outputs), request.images),
    charts: placedCharts(view),
  };
}

/** How Argo CD finds the plan's applications and all that they bring. What is suspended is as its owners want it, which a sync accepts too. */
export async function healthOf(
  { applications, argoNamespace }: Pick<SyncPlan, 'applications' | 'argoNamespace'>,
  argo: Pick<ArgoCd, 'list'>,
): Promise<{ readonly unwell: NonNullable<ChangeReport['differences']>; readonly suspended: readonly string[] }> {
  const found = await argo.list(argoNamespace);
  /** With those that it brings, itself or by an ApplicationSet, and that they bring. */
  const family = new Set(applications.map(({ name }) => name));
  for (const name of family) {
    const one = found.find(application => application.name === name);
    if (one === undefined) continue;
    const made = setsOf(one).flatMap(set => membersOf(set, found));
    for (const child of [...childrenOf(one), ...made]) family.add(child.name);
  }
  const suspended: string[] = [];
  const unwell = [...family].flatMap(name => {
    const what = `application ${name}`;
    const one = found.find(application => application.name === name);
    if (one === undefined) return [{ what, path: '', expected: 'there', actual: 'absent' }];
    const { sync, health } = one.status;
    if (health.status === 'Suspended') suspended.push(name);
    return [
      ...(sync.status === 'Synced'
        ? []
        : [{ what, path: 'status.sync.status', expected: 'Synced', actual: sync.status }]),
      ...(['Healthy', 'Suspended'].includes(health.status)
        ? []
        : [{ what, path: 'status.health.status', expected: 'Healthy', actual: health.status }]),
    ];
  });
  return { unwell, suspended };
}
