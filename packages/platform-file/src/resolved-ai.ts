import type { JsonObject } from '@suite/foundation';

/** Sign-in with Entra. */
export interface Login {
  /** Of the application in Entra. */
  readonly clientId: string;
  /** Kubernetes Secret that has the secret of the application under `client-secret`. */
  readonly secret: string;
  /** Ids of groups in Entra. Whoever administers it may sign in. */
  readonly allowed: readonly string[];
  readonly admins: readonly string[];
}

/** What the releases here have in common with the others. */
interface Settings {
  readonly version: string | undefined;
  readonly digest: string | undefined;
  readonly values: JsonObject;
  readonly setting: string;
}

export interface JupyterHubRelease extends Settings {
  /** Undefined where the values bring another way in. */
  readonly login: Login | undefined;
  /** A Kubernetes quantity: `10Gi`. */
  readonly storage: string;
  readonly startTimeoutSeconds: number;
  readonly profiles: readonly NotebookProfile[];
}

export interface NotebookProfile {
  readonly name: string;
  readonly description: string | undefined;
  /** Cores. */
  readonly cpu: number;
  /** A Kubernetes quantity: `2Gi`. */
  readonly memory: string;
  readonly gpus: number;
  /** The chart's where it is undefined. */
  readonly image: string | undefined;
}

export interface MlflowRelease extends Settings {
  /** Undefined: reached from inside of the cluster only, by everybody there. */
  readonly login: Login | undefined;
  readonly database: 'cluster' | 'flexible-server';
  readonly artifacts: 'cluster' | 'blob';
  /** A Kubernetes quantity: `20Gi`. */
  readonly storage: string;
}

export interface GpuRelease extends Settings {
  readonly stack: 'operator' | 'device-plugin';
  /** Chart and values of the DCGM exporter, which the operator brings by itself. */
  readonly exporter: Settings;
}

/** Namespaces that secrets of the key vault are brought to: each has an identity of its own. */
export const secretNamespaces = ['ai-tools', 'argocd', 'monitoring'] as const;
export type SecretNamespace = (typeof secretNamespaces)[number];

export interface SecretsRelease extends Settings {
  readonly entries: readonly SecretEntry[];
}

/** A Kubernetes Secret. */
export interface SecretEntry {
  readonly name: string;
  readonly namespace: SecretNamespace;
  readonly labels: Readonly<Record<string, string>>;
  /** Its keys, and the secrets in the vault that they hold. */
  readonly keys: Readonly<Record<string, string>>;
}
