import { orderByNeeds } from '../graph.ts';
import type { Release, ReleaseInput } from '../release.ts';
import { albController } from './alb-controller.ts';
import { alerts } from './alerts.ts';
import { alloy } from './alloy.ts';
import { argoCd } from './argo-cd.ts';
import { certManager } from './cert-manager.ts';
import { dashboards } from './dashboards.ts';
import { gateway } from './gateway.ts';
import { gatewayApiCrds } from './gateway-api-crds.ts';
import { gpu, gpuReleases } from './gpu.ts';
import { issuers } from './issuers.ts';
import { jaeger } from './jaeger.ts';
import { jupyterHub } from './jupyterhub.ts';
import { kubePrometheusStack } from './kube-prometheus-stack.ts';
import { loki } from './loki.ts';
import { mlflow } from './mlflow.ts';
import { namespaces } from './namespaces.ts';
import { networkPolicies } from './network-policies.ts';
import { ownReleases } from './own.ts';
import { prometheusOperatorCrds } from './prometheus-operator-crds.ts';
import { routes } from './routes.ts';
import { secrets } from './secrets.ts';
import { storageClasses } from './storage-classes.ts';

const ours = [
  prometheusOperatorCrds,
  certManager,
  issuers,
  kubePrometheusStack,
  argoCd,
  gatewayApiCrds,
  albController,
  gateway,
  routes,
  storageClasses,
  loki,
  jaeger,
  alloy,
  alerts,
  dashboards,
  secrets,
  gpu,
  mlflow,
  jupyterHub,
];

/** What stands in the namespaces of all the others. */
const ground = [namespaces, networkPolicies];

/** What is to run in an environment and region. Each release comes after all that it needs. */
export function resolveReleases(input: ReleaseInput): readonly Release[] {
  const platform: readonly Release[] = ours.flatMap(resolve => resolve(input) ?? []);
  const grounded = ground.flatMap(resolve => resolve(input, platform) ?? []);
  const own = ownReleases(input).map(release => ({
    ...release,
    needs: release.needs.flatMap(need => standsFor(need, input)),
  }));
  const all = [...platform, ...grounded, ...own];
  const names = new Set(all.map(({ name }) => name));
  for (const { name, needs } of all) {
    const missing = needs.find(need => !names.has(need));
    // Such needs are refused when the platform file is read.
    if (missing !== undefined) throw new TypeError(`${name} needs ${missing}, which is off`);
  }
  return orderByNeeds(all);
}

/** The platform file has one name for what may be several releases. */
function standsFor(need: string, { view }: ReleaseInput): readonly string[] {
  return need === 'gpu' ? gpuReleases(view.releases.gpu) : [need];
}
