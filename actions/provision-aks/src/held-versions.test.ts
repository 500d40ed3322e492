import { expect, test } from '@jest/globals';
import { heldVersions } from './held-versions.ts';

test('the versions that ARM holds, not those that run', () => {
  const body = {
    properties: {
      kubernetesVersion: '1.35',
      currentKubernetesVersion: '1.35.2',
      agentPoolProfiles: [
        { name: 'system', orchestratorVersion: '1.35.1', currentOrchestratorVersion: '1.35.1' },
        { name: 'gpu' },
        { orchestratorVersion: 'of a pool without a name' },
      ],
    },
  };
  expect(heldVersions(body)).toEqual({ cluster: '1.35', pools: { system: '1.35.1', gpu: undefined } });
});

test.each([null, 'text', {}, { properties: { agentPoolProfiles: 'none' } }])('%j holds nothing', body => {
  expect(heldVersions(body)).toEqual({ cluster: undefined, pools: {} });
});

test('no cluster, no versions', () => {
  expect(heldVersions(undefined)).toBeUndefined();
});
