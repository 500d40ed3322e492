import { expect, test } from '@jest/globals';
import { inputOf, resolve } from './checks.fixture.ts';
import { checkNotebooks } from './notebooks.ts';

const judge = (profiles: string, more = ', gpu: true') => {
  const said = `jupyterhub: { login: { client-id: 99999999-9999-9999-9999-999999999999 }, profiles: [${profiles}] }`;
  const view = resolve(
    `    cluster: { pools: { user: { size: Standard_D4ds_v5 } } }\n    releases: { ${said}${more} }`,
  );
  return checkNotebooks(inputOf([], { view }, { name: 'jupyterhub', setting: 'releases.jupyterhub' }));
};

test.each([
  ['{ name: A, cpu: 3.8, memory: 12Gi }', []],
  ['{ name: A, cpu: 2, memory: 8Gi, gpus: 1 }', []],
  ['{ name: A, cpu: 4, memory: 1Gi }', ['`A` (`requests 4 cores of 3.86 that a node of Standard_D4ds_v5 has`)']],
  ['{ name: A, memory: 16Gi }', ['that a node of Standard_D4ds_v5 has']],
  ['{ name: A, gpus: 2 }', ['`requests 2 GPUs of 1 that a node of Standard_NC4as_T4_v3 has`']],
])('%s', (profiles, expected) => {
  const found = judge(profiles);
  expect(found.map(({ status, setting }) => [status, setting])).toEqual(
    expected.map(() => ['blocked', 'releases.jupyterhub.profiles']),
  );
  for (const [index, text] of expected.entries()) expect(found[index]?.message).toContain(text);
});

test('GPUs that nobody tells Kubernetes of', () => {
  const [found] = judge('{ name: A, gpus: 1 }', '');
  expect(found).toMatchObject({ status: 'warning', message: expect.stringContaining('`A` wait for ever') });
});

test('without notebooks nothing is judged', () => {
  expect(checkNotebooks(inputOf([]))).toEqual([]);
});
