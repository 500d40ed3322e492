import { join } from 'node:path';
import { childEnvironment, type Environment } from '@suite/action-kit';

/**
 * The complete environment of a Helm command: what a tool needs to run and to reach the network, and Helm's own folders
 * inside of `folder`. Plugins, repositories, registries and a kubeconfig of the machine never matter: nothing named `HELM_*`
 * or `XDG_*` and no KUBECONFIG is handed on (helm/pkg/cli/environment.go and helmpath read them).
 */
export function helmEnvironment(env: Environment, folder: string): Record<string, string> {
  return {
    ...childEnvironment(env),
    HELM_CACHE_HOME: join(folder, 'cache'),
    HELM_CONFIG_HOME: join(folder, 'config'),
    HELM_DATA_HOME: join(folder, 'data'),
    HELM_PLUGINS: join(folder, 'plugins'),
    HELM_NO_PLUGINS: '1',
    HELM_REGISTRY_CONFIG: registryConfigOf(folder),
    HELM_REPOSITORY_CONFIG: join(folder, 'repositories.yaml'),
    HELM_REPOSITORY_CACHE: join(folder, 'cache', 'repository'),
    HELM_CONTENT_CACHE: join(folder, 'cache', 'content'),
    HELM_DRIVER: 'secret',
    // Docker's configuration names credential helpers, which are programs of the machine.
    DOCKER_CONFIG: join(folder, 'docker'),
    NO_COLOR: '1',
    // Helm's log goes to stderr, where only a runner that debugs keeps it (GitHub Docs, "Variables reference").
    ...(env['RUNNER_DEBUG'] === '1' ? { HELM_DEBUG: 'true' } : {}),
  };
}

/** Where Helm finds logins of registries. */
export function registryConfigOf(folder: string): string {
  return join(folder, 'registry.json');
}
