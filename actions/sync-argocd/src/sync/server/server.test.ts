import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { readApplication } from '@suite/argocd';
import { asObject, type JsonObject, parseJson, systemClock } from '@suite/foundation';
import { manualClock } from '@suite/foundation/testing';
import { syncApplications } from '../sync.ts';
import { closeServers, json, serve } from '../testing/server.fixture.ts';
import { app, commit, createWorld, plan, project } from '../testing/world.fixture.ts';
import { createServerClient, readServer } from './client.ts';
import { createServerArgo, syncBody } from './server-argo.ts';
import { exchangeAtDex, tokenOf } from './sign-in.ts';

afterEach(closeServers);

const argoOver = (go: typeof fetch) =>
  createServerArgo(
    createServerClient({ server: 'argocd.example', token: async () => 't0ken', fetch: go, clock: systemClock }),
    systemClock,
    'argocd',
  );
const api = readApplication({ ...app('api'), metadata: { name: 'api', namespace: 'argocd', resourceVersion: '7' } });
const request = {
  mark: { id: '4711/1', by: 'gha:x/y', run: 'https://ci.example/1', bundle: undefined },
  pins: [commit],
  prune: true,
  stamp: 'now',
};

describe('the server', () => {
  test('is asked for a sync as an object would be patched', () => {
    expect(syncBody(api, request)).toEqual({
      name: 'api',
      appNamespace: 'argocd',
      project: 'contoso',
      prune: true,
      revision: commit,
      strategy: { hook: {} },
      infos: [
        { name: 'gha-run', value: '4711/1' },
        { name: 'gha-run-url', value: 'https://ci.example/1' },
      ],
      retryStrategy: { limit: 2, backoff: { duration: '5s', factor: 2, maxDuration: '3m' } },
    });
  });

  test('takes pins by place, options in a list, and none where it syncs by itself', () => {
    const several = readApplication(
      app('web', {
        spec: {
          sources: [{ chart: 'c', repoURL: 'x' }, { repoURL: 'y' }],
          syncPolicy: { syncOptions: ['Prune=false'] },
        },
      }),
    );
    expect(syncBody(several, { ...request, pins: [undefined, commit] })).toMatchObject({
      sourcePositions: [2],
      revisions: [commit],
      syncOptions: { items: ['Prune=false'] },
    });
    const automated = readApplication(app('web', { spec: { syncPolicy: { automated: {} } } }));
    expect(syncBody(automated, request)).not.toHaveProperty('revision');
  });

  test('whose operation is in the way is another look', async () => {
    const go = await serve((_request, response) =>
      json(
        response,
        { code: 9, message: 'error setting app operation: another operation is already in progress' },
        400,
      ),
    );
    expect(await argoOver(go).sync(api, request)).toBe('changed');
  });

  test('that does not answer a sync may have begun it', async () => {
    const go = await serve((_request, response) => response.destroy());
    expect(await argoOver(go).sync(api, request)).toBe('changed');
  });

  test('cannot go back to other sources', async () => {
    const go = await serve((_request, response) => json(response, {}));
    const source = { repoURL: 'https://github.com/contoso/gitops.git', path: 'elsewhere' };
    await expect(argoOver(go).sync(api, { ...request, from: { source, sources: [] } })).rejects.toThrow(
      /other sources then/,
    );
    expect(
      await argoOver(go).sync(api, { ...request, from: { source: { ...source, path: 'dev/api' }, sources: [] } }),
    ).toBe('begun');
  });

  test('hides what is not there behind 403; what is there and forbidden is said', async () => {
    const go = await serve(({ url }, response) => {
      if (url.pathname === '/api/v1/applications') json(response, { items: [app('api')] });
      else json(response, { code: 7, message: 'permission denied' }, 403);
    });
    const argo = argoOver(go);
    expect(await argo.get({ namespace: 'argocd', name: 'nobody' })).toBeUndefined();
    await expect(argo.get({ namespace: 'argocd', name: 'api' })).rejects.toThrow(
      'Could not read the Application api: the Argo CD server argocd.example answered HTTP 403: permission denied. Its account needs `applications, get, <project>/api` in argocd-rbac-cm',
    );
  });

  test('is asked again where it is busy, with its token', async () => {
    let asked = 0;
    const go = await serve(({ headers }, response) => {
      expect(headers.authorization).toBe('Bearer t0ken');
      if (asked++ === 0) {
        response.writeHead(503, { 'Retry-After': '0' });
        response.end('busy');
      } else json(response, { metadata: { name: 'contoso' }, spec: { sourceRepos: ['*'] } });
    });
    expect((await argoOver(go).project('contoso'))?.sourceRepositories).toEqual(['*']);
  });

  test('ends operations, and cannot clear one that is over', async () => {
    const seen: string[] = [];
    const go = await serve(({ method, url, headers }, response) => {
      seen.push(`${method} ${url.pathname}${url.search}`);
      // The real one answers 415 without it, though there is no body.
      expect(headers['content-type']).toBe('application/json');
      if (seen.length === 1) json(response, {});
      else if (seen.length === 2) {
        json(response, { code: 13, message: 'Failed to terminate app. Too many conflicts' }, 500);
      } else json(response, { code: 3, message: 'Unable to terminate operation. No operation is in progress' }, 400);
    });
    const argo = argoOver(go);
    expect(await argo.terminate(api)).toBe('done');
    expect(await argo.terminate(api)).toBe('changed');
    expect(await argo.terminate(api)).toBe('changed');
    expect(await argo.clear(api, false)).toBe('impossible');
    expect(seen[0]).toBe('DELETE /api/v1/applications/api/operation?appNamespace=argocd');
    expect(seen).toHaveLength(3);
  });

  test('refreshes an ApplicationSet by writing it as it is, with one annotation more', async () => {
    const spec = { generators: [{ list: { elements: [] } }] };
    const written: unknown[] = [];
    const go = await serve(({ method, body }, response) => {
      if (method === 'POST') written.push(parseJson(body));
      json(response, { metadata: { name: 'all', labels: { a: 'b' }, annotations: { c: 'd' } }, spec, status: {} });
    });
    await argoOver(go).refreshSet('all');
    expect(written).toEqual([
      {
        metadata: {
          name: 'all',
          namespace: 'argocd',
          labels: { a: 'b' },
          annotations: { c: 'd', 'argocd.argoproj.io/application-set-refresh': 'true' },
        },
        spec,
      },
    ]);
  });

  test.each<[string, number, string, string]>([
    [
      'a sign-in page',
      200,
      '<!doctype html>',
      'is not the API of an Argo CD server. Give the address of argocd-server',
    ],
    ['a way to a sign-in page', 307, '', 'answered HTTP 307. Something in front of it asks people to sign in'],
    ['a token that is over', 401, '{"message":"invalid session"}', 'invalid session. Its token is not accepted'],
  ])('%s is told from an answer', async (_, status, body, message) => {
    const go = await serve((_request, response) => {
      response.writeHead(status, { 'Content-Type': 'text/html' });
      response.end(body);
    });
    await expect(argoOver(go).list('argocd')).rejects.toThrow(message);
  });

  test.each(['http://argocd.example', 'https://me@argocd.example', 'https://argocd.example/?x=1', 'ftp://x', ''])(
    'is not at %s',
    server => {
      expect(() => readServer(server)).toThrow(/is no address of an Argo CD server/);
    },
  );

  test('may be served below a path', async () => {
    const paths: string[] = [];
    const go = await serve(({ url }, response) => {
      paths.push(url.pathname);
      json(response, {});
    });
    await createServerClient({
      server: 'https://argocd.example/argo/',
      token: async () => '',
      fetch: go,
      clock: systemClock,
    }).send({
      method: 'GET',
      path: '/version',
      purpose: 'ask',
      needs: 'nothing',
    });
    expect(paths).toEqual(['/argo/api/v1/version']);
  });
});

test('a whole sync over the server', async () => {
  // The played controller and cluster stand behind it.
  const world = createWorld([project(), app('api')]);
  const object = () => world.cluster.object('Application', 'api') as unknown as JsonObject;
  const streams = new Set<ServerResponse>();
  world.cluster.onChange(({ kind }) => {
    if (kind !== 'Application') return;
    for (const stream of streams)
      stream.write(`${JSON.stringify({ result: { type: 'MODIFIED', application: object() } })}\n`);
  });
  const posted: JsonObject[] = [];
  const go = await serve(({ method, url, body }, response) => {
    const path = url.pathname.replace('/api/v1', '');
    if (path === '/stream/applications') {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.flushHeaders();
      streams.add(response);
    } else if (path === '/projects/contoso') json(response, world.cluster.object('AppProject', 'contoso'));
    else if (path === '/applications') json(response, { metadata: { resourceVersion: '1' }, items: [object()] });
    else if (method === 'POST') {
      const asked = asObject(parseJson(body));
      posted.push(asked);
      const { revision, infos, prune } = asked;
      world.cluster.change('Application', 'api', { operation: { info: infos, sync: { revision, prune } } });
      json(response, object());
    } else json(response, object());
  });
  const argo = createServerArgo(
    createServerClient({ server: 'argocd.example', token: async () => '', fetch: go, clock: world.clock }),
    world.clock,
    'argocd',
  );
  const working = syncApplications(plan(['api']), { ...world.ports, argo });
  const results = await world.settle(working);
  expect(results).toMatchObject([{ name: 'api', phase: 'done', revisions: [commit] }]);
  expect(posted).toMatchObject([{ revision: commit }]);
});

describe('Dex', () => {
  const exchange = (go: typeof fetch, clock = manualClock()) => {
    const masked: string[] = [];
    let subjects = 0;
    const token = exchangeAtDex({
      server: 'https://argocd.example',
      connector: 'github-actions',
      subjectToken: async () => `subject-${++subjects}`,
      mask: secret => masked.push(secret),
      fetch: go,
      clock,
    });
    return { token, masked, clock };
  };

  test('gives a token for a token, and another when that is over', async () => {
    const bodies: string[] = [];
    const go = await serve(({ url, body, headers }, response) => {
      expect([url.pathname, headers.authorization]).toEqual(['/api/dex/token', `Basic ${btoa('argo-cd-cli:')}`]);
      bodies.push(body);
      json(response, { access_token: `dex-${bodies.length}`, expires_in: 600 });
    });
    const { token, masked, clock } = exchange(go);
    expect([await token(), await token()]).toEqual(['dex-1', 'dex-1']);
    await clock.advance(540_000);
    expect(await token()).toBe('dex-2');
    expect(masked).toEqual(['dex-1', 'dex-2']);
    expect(Object.fromEntries(new URLSearchParams(bodies[0]))).toMatchObject({
      connector_id: 'github-actions',
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'subject-1',
    });
  });

  test('refuses, and says why', async () => {
    const go = await serve((_request, response) =>
      json(response, { error: 'unsupported_grant_type', error_description: 'grant type is not enabled' }, 400),
    );
    await expect(exchange(go).token()).rejects.toThrow(
      'Could not sign in to the Argo CD server argocd.example through its connector github-actions: grant type is not enabled. Dex has to allow',
    );
  });
});

describe('whoever signs in', () => {
  const options = (go: typeof fetch = fetch) => {
    const masked: string[] = [];
    const asked: string[] = [];
    return {
      masked,
      asked,
      signIn: {
        server: 'https://argocd.example',
        mask: (secret: string) => void masked.push(secret),
        entraToken: async (scope: string) => {
          asked.push(scope);
          return `entra-${asked.length}`;
        },
        idToken: async (audience: string) => {
          asked.push(audience);
          return `github-${asked.length}`;
        },
        fetch: go,
        clock: manualClock(),
      },
    };
  };

  test('with a token uses it, masked', async () => {
    const { masked, signIn } = options();
    const token = tokenOf({ kind: 'token', token: 'a.b.c' }, signIn);
    expect([await token(), masked]).toEqual(['a.b.c', ['a.b.c']]);
  });

  test('with Entra asks its credential each time, which renews what is over', async () => {
    const { asked, signIn } = options();
    const token = tokenOf({ kind: 'entra', audience: '0f6a1c1e-1111-4222-8333-444455556666' }, signIn);
    expect([await token(), await token()]).toEqual(['entra-1', 'entra-2']);
    expect(asked[0]).toBe('0f6a1c1e-1111-4222-8333-444455556666/.default');
  });

  test('with Dex exchanges the token of the job for the audience of the connector', async () => {
    const subjects: (string | null)[] = [];
    const go = await serve(({ body }, response) => {
      subjects.push(new URLSearchParams(body).get('subject_token'));
      json(response, { access_token: 'dex', expires_in: 600 });
    });
    const { asked, signIn } = options(go);
    const token = tokenOf({ kind: 'dex', connector: 'github-actions', audience: 'argo' }, signIn);
    expect([await token(), asked, subjects]).toEqual(['dex', ['argo'], ['github-1']]);
  });
});
