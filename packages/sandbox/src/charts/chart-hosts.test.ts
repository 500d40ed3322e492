import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { findRoute, makeRequest } from '../network/http.ts';
import { digestOf } from '../registry/content.ts';
import { readArchive } from './archive.ts';
import { createChartHosts } from './chart-hosts.ts';
import { gzipStored, writeTar } from './tar-gz.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chart-hosts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const pack = (name: string, version: string, more = '') =>
  gzipStored(writeTar([[`${name}/Chart.yaml`, Buffer.from(`name: ${name}\nversion: ${version}\n${more}`)]]));

function start(given?: string) {
  const { charts, routes } = createChartHosts(given);
  const send = async (method: string, url: string, headers: Record<string, string> = {}) => {
    const route = findRoute(routes, new URL(url).hostname);
    if (route === undefined) throw new Error(`Nobody plays ${url}.`);
    const { status, headers: answered = {}, body = '' } = await route.handler(makeRequest(method, url, { headers }));
    return { status, headers: answered, body: Buffer.from(body as string) };
  };
  return { charts, send, get: (url: string, headers?: Record<string, string>) => send('GET', url, headers) };
}

describe('OCI registries', () => {
  const repository = 'argoproj/argo-helm/argo-cd';
  const manifest = `https://ghcr.io/v2/${repository}/manifests/10.1.1`;

  test('ghcr.io gives everybody a token, and wants to see one', async () => {
    const { get } = start();
    const refused = await get(manifest);
    expect(refused.status).toBe(401);
    expect(refused.headers['WWW-Authenticate']).toBe(
      `Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:${repository}:pull"`,
    );
    const { token } = JSON.parse(
      (await get(`https://ghcr.io/token?service=ghcr.io&scope=repository:${repository}:pull`)).body.toString(),
    );
    expect((await get(manifest, { authorization: `Bearer ${token}` })).status).toBe(200);
    const other = manifest.replace(repository, 'prometheus-community/charts/kube-prometheus-stack');
    expect((await get(other, { authorization: `Bearer ${token}` })).status).toBe(401);
  });

  test('quay.io has its tokens elsewhere', async () => {
    const { get } = start();
    const refused = await get('https://quay.io/v2/jetstack/charts/cert-manager/manifests/v1.21.1');
    expect(refused.headers['WWW-Authenticate']).toContain('realm="https://quay.io/v2/auth",service="quay.io"');
    const url = 'https://quay.io/v2/auth?service=quay.io&scope=repository:jetstack/charts/cert-manager:pull';
    expect((await get(url)).status).toBe(200);
  });

  test('mcr.microsoft.com wants none', async () => {
    const { charts, get } = start();
    const { digest } = charts.publish(pack('alb-controller', '1.12.1'));
    const url = `https://mcr.microsoft.com/v2/application-lb/charts/alb-controller/manifests/1.12.1`;
    const { status, headers } = await get(url);
    expect([status, headers['Docker-Content-Digest']]).toEqual([200, digest]);
  });

  test('a chart stands there as Helm pushes it, and its bytes come from another host', async () => {
    const { charts, send, get } = start();
    const { digest, url } = charts.find('argo-cd');
    expect(url).toBe(`oci://ghcr.io/${repository}`);
    const scope = `repository:${repository}:pull`;
    const { token } = JSON.parse((await get(`https://ghcr.io/token?scope=${scope}`)).body.toString());
    const authorization = `Bearer ${token}`;
    const { body } = await get(`https://ghcr.io/v2/${repository}/manifests/${digest}`, { authorization });
    expect(digestOf(body)).toBe(digest);
    const { config, layers } = JSON.parse(body.toString());
    expect(config.mediaType).toBe('application/vnd.cncf.helm.config.v1+json');
    expect(layers).toHaveLength(1);
    const blob = `https://ghcr.io/v2/${repository}/blobs/${layers[0].digest}`;
    expect((await send('HEAD', blob, { authorization })).headers['Content-Length']).toBe(String(layers[0].size));
    const redirected = await get(blob, { authorization });
    expect(redirected.status).toBe(307);
    const sent = await get(redirected.headers['Location'] ?? '');
    expect(readArchive(sent.body)).toMatchObject({ name: 'argo-cd', version: '10.1.1' });
    expect(new URL(redirected.headers['Location'] ?? '').hostname).toBe('pkg-containers.githubusercontent.com');
  });

  test.each([
    ['GET', `https://mcr.microsoft.com/v2/application-lb/charts/nothing/manifests/1.0.0`, 404, 'NAME_UNKNOWN'],
    ['PUT', `https://mcr.microsoft.com/v2/application-lb/charts/alb-controller/manifests/1.0.0`, 405, 'UNSUPPORTED'],
    ['GET', `https://mcr.microsoft.com/v2/_catalog`, 405, 'UNSUPPORTED'],
  ])('%s %s: %d %s', async (method, url, status, code) => {
    const answer = await start().send(method, url);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body.toString()).errors[0].code).toBe(code);
  });
});

describe('repositories over HTTPS', () => {
  test('the index names each archive with its digest', async () => {
    const { charts, get } = start();
    const archive = pack('jupyterhub', '4.4.0', 'appVersion: 5.5.0\n');
    const { digest, url } = charts.publish(archive);
    expect([digest, url]).toEqual([digestOf(archive), 'https://hub.jupyter.org/helm-chart/']);
    const index = parse((await get('https://hub.jupyter.org/helm-chart/index.yaml')).body.toString());
    expect(index.entries.jupyterhub).toEqual([
      expect.objectContaining({
        version: '4.4.0',
        appVersion: '5.5.0',
        urls: ['jupyterhub-4.4.0.tgz'],
        digest: digest.replace('sha256:', ''),
      }),
    ]);
    const sent = await get('https://hub.jupyter.org/helm-chart/jupyterhub-4.4.0.tgz');
    expect(sent.body.equals(archive)).toBe(true);
  });

  test.each([
    ['helm.ngc.nvidia.com/nvidia', ['gpu-operator']],
    // Two repositories of one host.
    ['nvidia.github.io/k8s-device-plugin', ['nvidia-device-plugin']],
    ['nvidia.github.io/dcgm-exporter/helm-charts', ['dcgm-exporter']],
  ])('%s lists its own charts', async (place, expected) => {
    const { body } = await start().get(`https://${place}/index.yaml`);
    const index = parse(body.toString());
    expect([index.apiVersion, Object.keys(index.entries)]).toEqual(['v1', expected]);
  });

  test('what is not there is not found', async () => {
    expect((await start().get('https://hub.jupyter.org/helm-chart/jupyterhub-9.9.9.tgz')).status).toBe(404);
  });
});

describe('the back door', () => {
  test('lists what is served', () => {
    expect(
      start()
        .charts.list()
        .map(({ name, version }) => `${name} ${version}`),
    ).toEqual([
      'alb-controller 1.12.1',
      'alloy 1.11.1',
      'argo-cd 10.1.1',
      'cert-manager v1.21.1',
      'dcgm-exporter 4.8.2',
      'gpu-operator v26.7.0',
      'jaeger 4.11.1',
      'jupyterhub 4.4.0',
      'kube-prometheus-stack 88.5.3',
      'loki 18.11.0',
      'mlflow 1.11.5',
      'nvidia-device-plugin 0.20.0',
      'prometheus-operator-crds 31.0.1',
    ]);
  });

  test('other bytes under the same version have another digest', () => {
    const { charts } = start();
    const before = charts.find('argo-cd');
    const after = charts.replace('argo-cd', pack('argo-cd', '10.1.1', 'description: evil\n'));
    expect(after).toEqual({ ...before, digest: after.digest });
    expect(after.digest).not.toBe(before.digest);
    expect(charts.find('argo-cd')).toEqual(after);
  });

  test('a chart without an address is refused by name', () => {
    expect(() => start().charts.publish(pack('wordpress', '1.0.0'))).toThrow(
      /knows no address of the chart wordpress; it serves argo-cd, /,
    );
    expect(() => start().charts.find('wordpress')).toThrow('No chart registry of the sandbox serves wordpress.');
  });

  test('archives of a folder take the place of ours', () => {
    writeFileSync(join(folder, 'argo-cd-10.1.2.tgz'), pack('argo-cd', '10.1.2'));
    writeFileSync(join(folder, 'notes.txt'), 'not an archive');
    const versions = start(folder)
      .charts.list()
      .map(({ name, version }) => `${name} ${version}`);
    expect(versions).toContain('argo-cd 10.1.2');
    expect(versions).not.toContain('argo-cd 10.1.1');
    expect(versions).toContain('cert-manager v1.21.1');
    writeFileSync(join(folder, 'broken.tgz'), 'x');
    expect(() => start(folder).charts.list()).toThrow(/broken\.tgz is no chart/);
  });
});
