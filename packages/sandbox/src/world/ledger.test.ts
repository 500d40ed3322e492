import { describe, expect, test } from '@jest/globals';
import { makeRequest } from '../network/http.ts';
import { createLedger } from './ledger.ts';

const someone = { clientId: 'c1', name: 'apply' };

describe('writes', () => {
  test('are changes that were asked for, counted, without tokens and actions that only read', () => {
    const ledger = createLedger();
    const see = (method: string, url: string, who: typeof someone | null = someone) =>
      ledger.addRequest(0, makeRequest(method, url), 200, who ?? undefined);
    const arm = 'https://management.azure.com/subscriptions/s/resourceGroups/g';
    const blob = 'https://st.blob.core.windows.net/tfstate/key';
    see('GET', arm);
    see('PUT', `${arm}?api-version=1`);
    see('PUT', `${arm}?api-version=1`);
    see('POST', `${arm}/providers/M/workspaces/w/sharedKeys`);
    see('POST', `${arm}/providers/M/registries/r/importImage`);
    see('POST', `${arm}/providers/M/managedClusters/c/listClusterUserCredential`);
    see('POST', 'https://management.azure.com/subscriptions/s/providers/M/checkNameAvailability');
    see('POST', 'https://login.microsoftonline.com/t/oauth2/v2.0/token', null);
    see('PUT', `${blob}?comp=lease`);
    see('PUT', blob);
    see('DELETE', blob, null);
    const cluster = 'https://aks.hcp.westeurope.azmk8s.io';
    see('POST', `${cluster}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews`);
    see('PATCH', `${cluster}/api/v1/namespaces/n/configmaps/a?dryRun=All&fieldManager=helm`);
    see('PATCH', `${cluster}/api/v1/namespaces/n/configmaps/a?fieldManager=helm`);
    ledger.addRequest(0, makeRequest('POST', 'https://api.github.com/graphql'), 200, someone, true);
    expect(ledger.writes()).toEqual([
      {
        identity: 'c1',
        host: 'management.azure.com',
        method: 'PUT',
        path: '/subscriptions/s/resourceGroups/g',
        count: 2,
      },
      {
        identity: 'c1',
        host: 'management.azure.com',
        method: 'POST',
        path: '/subscriptions/s/resourceGroups/g/providers/M/registries/r/importImage',
        count: 1,
      },
      { identity: 'c1', host: 'st.blob.core.windows.net', method: 'PUT', path: '/tfstate/key?comp=lease', count: 1 },
      { identity: 'c1', host: 'st.blob.core.windows.net', method: 'PUT', path: '/tfstate/key', count: 1 },
      { identity: '', host: 'st.blob.core.windows.net', method: 'DELETE', path: '/tfstate/key', count: 1 },
      {
        identity: 'c1',
        host: 'aks.hcp.westeurope.azmk8s.io',
        method: 'PATCH',
        path: '/api/v1/namespaces/n/configmaps/a',
        count: 1,
      },
    ]);
  });

  test('keep no secret of a query', () => {
    const ledger = createLedger();
    ledger.addRequest(
      0,
      makeRequest('GET', 'https://st.blob.core.windows.net/c/b?comp=list&sig=secret&se=2026'),
      200,
      someone,
    );
    expect(ledger.requests[0]?.query).toBe('comp=list');
  });
});
