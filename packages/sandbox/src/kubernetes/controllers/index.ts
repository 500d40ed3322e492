import type { Cluster } from '../cluster.ts';
import { clusterAutoscaler } from '../gpu/autoscaler.ts';
import { devicePlugin } from '../gpu/device-plugin.ts';
import { albController } from './alb.ts';
import { argoCd } from './argocd/argocd.ts';
import { budgets } from './budgets.ts';
import { certificates } from './cert-manager.ts';
import { claims } from './claims.ts';
import { clusterRoles } from './cluster-roles.ts';
import type { Controller } from './controller.ts';
import { definitions } from './definitions.ts';
import { garbage } from './garbage.ts';
import { gpuOperator } from './gpu-operator.ts';
import { kubelet } from './kubelet.ts';
import { namespaces } from './namespaces.ts';
import { prometheusOperator } from './prometheus-operator.ts';
import { redisPasswords } from './redis-password.ts';
import { scheduler } from './scheduling/scheduler.ts';
import { services } from './services.ts';
import { webhookCertificates } from './webhook-certificates.ts';
import { daemonSets } from './workloads/daemon-sets.ts';
import { deployments } from './workloads/deployments.ts';
import { jobs } from './workloads/jobs.ts';
import { replicaSets } from './workloads/replica-sets.ts';
import { statefulSets } from './workloads/stateful-sets.ts';

/** Everything that works in a cluster: Kubernetes' own controllers first, then those of the platform's charts. */
export const allControllers: readonly ((cluster: Cluster) => Controller)[] = [
  namespaces,
  definitions,
  clusterRoles,
  deployments,
  replicaSets,
  statefulSets,
  daemonSets,
  jobs,
  claims,
  scheduler,
  clusterAutoscaler,
  devicePlugin,
  kubelet,
  services,
  budgets,
  garbage,
  certificates,
  prometheusOperator,
  gpuOperator,
  webhookCertificates,
  redisPasswords,
  argoCd,
  albController,
];
