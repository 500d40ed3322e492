import { expect, test } from '@jest/globals';
import { helmEnvironment } from './environment.ts';

test('the way to the network, and folders of its own', () => {
  const env = helmEnvironment(
    {
      PATH: '/bin',
      HOME: '/home/runner',
      HTTPS_PROXY: 'http://proxy:8080',
      NO_PROXY: 'internal',
      NODE_EXTRA_CA_CERTS: '/ca.pem',
    },
    '/tmp/helm',
  );
  expect(env).toEqual({
    PATH: '/bin',
    HOME: '/home/runner',
    HTTPS_PROXY: 'http://proxy:8080',
    NO_PROXY: 'internal',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    SSL_CERT_FILE: '/ca.pem',
    HELM_CACHE_HOME: '/tmp/helm/cache',
    HELM_CONFIG_HOME: '/tmp/helm/config',
    HELM_DATA_HOME: '/tmp/helm/data',
    HELM_PLUGINS: '/tmp/helm/plugins',
    HELM_NO_PLUGINS: '1',
    HELM_REGISTRY_CONFIG: '/tmp/helm/registry.json',
    HELM_REPOSITORY_CONFIG: '/tmp/helm/repositories.yaml',
    HELM_REPOSITORY_CACHE: '/tmp/helm/cache/repository',
    HELM_CONTENT_CACHE: '/tmp/helm/cache/content',
    HELM_DRIVER: 'secret',
    DOCKER_CONFIG: '/tmp/helm/docker',
    NO_COLOR: '1',
  });
});

test.each([
  'KUBECONFIG',
  'HELM_NAMESPACE',
  'HELM_KUBECONTEXT',
  'HELM_KUBETOKEN',
  'HELM_KUBEAPISERVER',
  'HELM_KUBEINSECURE_SKIP_TLS_VERIFY',
  'HELM_DEBUG',
  'HELM_MAX_HISTORY',
  'HELM_DRIVER_SQL_CONNECTION_STRING',
  'HELM_MEMORY_DRIVER_DATA',
  'XDG_CONFIG_HOME',
  'GITHUB_TOKEN',
  'INPUT_TOKEN',
])('%s of the runner does not reach Helm', name => {
  expect(helmEnvironment({ [name]: 'x' }, '/tmp')).not.toHaveProperty(name);
});

test.each(['HELM_PLUGINS', 'HELM_REGISTRY_CONFIG', 'HELM_DRIVER', 'HELM_CONTENT_CACHE', 'DOCKER_CONFIG'])(
  'our %s wins over that of the machine',
  name => {
    expect(helmEnvironment({ [name]: 'theirs' }, '/tmp')[name]).not.toBe('theirs');
  },
);

test('where the runner debugs, Helm logs what it does', () => {
  expect(helmEnvironment({ RUNNER_DEBUG: '1' }, '/tmp')['HELM_DEBUG']).toBe('true');
  expect(helmEnvironment({ RUNNER_DEBUG: '0' }, '/tmp')).not.toHaveProperty('HELM_DEBUG');
});
