import type { EnvironmentScope, SecretNamespace } from '@suite/platform-file';

/** What a release for machine learning answers to people on. */
export interface AiHost {
  /** The first part of its name under the environment's domain. */
  readonly host: string;
  readonly namespace: SecretNamespace;
  readonly service: string;
  readonly port: number;
  /** Labels of the pods behind the service, and the port that they listen at. */
  readonly pods: Readonly<Record<string, string>>;
  readonly targetPort: number;
  /** Answers with 200 without a sign-in. */
  readonly health: string;
}

/** JupyterHub, through its proxy. */
export const hub: AiHost = {
  host: 'hub',
  namespace: 'ai-tools',
  service: 'proxy-public',
  port: 80,
  pods: { app: 'jupyterhub', component: 'proxy' },
  targetPort: 8000,
  health: '/hub/health',
};

export const mlflow: AiHost = {
  host: 'mlflow',
  namespace: 'ai-tools',
  service: 'mlflow',
  port: 80,
  pods: { 'app.kubernetes.io/name': 'mlflow', 'app.kubernetes.io/instance': 'mlflow' },
  targetPort: 5000,
  health: '/health',
};

/** `hub.dev.platform.contoso.com`; undefined without a domain. */
export function nameOf({ host }: AiHost, { dns }: EnvironmentScope): string | undefined {
  return dns === undefined ? undefined : `${host}.${dns.name}`;
}
