import { ArmError } from '../errors.ts';
import type { Resource } from '../store.ts';

/** Refusals of AKS come without the `error` around them. */
export function aksRefusal(status: number, code: string, message: string): ArmError {
  return new ArmError(status, code, message, { isBare: true });
}

export function busyWith(resource: Resource, what: 'managed cluster' | 'agentpool'): ArmError {
  const verb = resource.operation?.kind === 'delete' ? 'Deleting' : 'Putting';
  return aksRefusal(
    409,
    'OperationNotAllowed',
    `Operation is not allowed: Another ${what} operation (${verb}) is in progress, please wait for it to finish before starting a new operation.`,
  );
}

export function propertyFixed(path: string): ArmError {
  return aksRefusal(400, 'PropertyChangeNotAllowed', `Changing property '${path}' is not allowed.`);
}

export function unsupportedVersion(version: string): ArmError {
  return aksRefusal(
    400,
    'K8sVersionNotSupported',
    `Version ${version} is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list`,
  );
}

export function longTermOnly(cluster: string, version: string): ArmError {
  return aksRefusal(
    400,
    'K8sVersionNotSupported',
    `Managed cluster ${cluster} is on version ${version}, which is only available for Long-Term Support (LTS). If you intend to onboard to LTS, please ensure the cluster is in Premium tier and LTS support plan. Otherwise, use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list`,
  );
}

export function upgradeRefused(from: string, to: string, available: readonly string[]): ArmError {
  return aksRefusal(
    400,
    'OperationNotAllowed',
    `Upgrading Kubernetes version ${from} to ${to} is not allowed. Available upgrades: [${available.join(' ')}]. Please see https://aka.ms/aks-supported-k8s-ver for version details.`,
  );
}

export function versionsIncompatible(pool: string, controlPlane: string, why: string): ArmError {
  return aksRefusal(
    400,
    'NodePoolMcVersionIncompatible',
    `Node pool version ${pool} and control plane version ${controlPlane} are incompatible. ${why} For more information, please check https://aka.ms/version-skew-policy`,
  );
}
