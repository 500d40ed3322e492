import { describe, expect, test } from '@jest/globals';
import { parsePlatform } from './index.ts';
import { resolveEnvironment } from './resolve.ts';
import { problemsOf } from './testing/index.ts';

/** `gpu-smoke` of dev at line 7, of the defaults at line 12. */
const file = (dev: string, defaults = '', pools = '') => `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev:
    ${dev === '' ? 'production: false' : `gpu-smoke: ${dev}`}
    subscription: 33333333-3333-3333-3333-333333333333
    location: westeurope${pools === '' ? '' : `\n    cluster: { pools: ${pools} }`}
  prod: { subscription: 55555555-5555-5555-5555-555555555555, location: westeurope, runner: inside }
defaults:
  ${defaults === '' ? 'runner: ubuntu-24.04' : `gpu-smoke: ${defaults}`}
`;
const resolved = (text: string, environment = 'dev') =>
  resolveEnvironment(parsePlatform(text, 'p.yaml').source, environment, 'westeurope').gpuSmoke;
const problems = (text: string) => problemsOf(() => parsePlatform(text, 'p.yaml'));

const pinned = `mcr.microsoft.com/azurelinux/base/python@sha256:${'a'.repeat(64)}`;
const usual = { level: 'quick', image: undefined, failOn: ['failed', 'blocked'] };

describe('a test of GPUs', () => {
  test.each<[string, string, object | undefined]>([
    ['nobody asks for', file(''), undefined],
    ['one environment asks for', file('true'), usual],
    ['all ask for', file('', 'true'), usual],
    ['all ask for but this one', file('false', '{ level: standard }'), undefined],
    [
      'has settings of layers over one another',
      file('{ fail-on: [failed] }', '{ level: standard }'),
      { ...usual, level: 'standard', failOn: ['failed'] },
    ],
    ['has an image of its own', file(`{ image: "${pinned}" }`), { ...usual, image: pinned }],
    ['stops nothing', file('{ fail-on: [] }'), { ...usual, failOn: [] }],
    ['of several sizes of pools', file('true', '', '{ gpu: { min: 1 } }'), usual],
  ])('that %s', (_, text, expected) => {
    expect(problems(text)).toEqual([]);
    expect(resolved(text)).toEqual(expected);
  });

  test.each<[string, string, string]>([
    [
      'without GPUs',
      file('true', '', '{ gpu: false }'),
      'p.yaml:7:16: There are no GPUs to test: `cluster: pools: gpu:` is off. Switch the pool on, or say `gpu-smoke: false`.',
    ],
    [
      'of a level that is none',
      file('{ level: deep }'),
      'p.yaml:7:25: `environments.dev.gpu-smoke.level` is `deep`. Expected quick or standard.',
    ],
    [
      'with an image that may move',
      file('{ image: "python:3.12" }'),
      'p.yaml:7:25: `environments.dev.gpu-smoke.image` is `python:3.12`. Expected registry/repository@sha256:… with the digest, because a tag may move.',
    ],
    [
      'that fails on something else',
      file('{ fail-on: [failure] }'),
      'p.yaml:7:28: `environments.dev.gpu-smoke.fail-on[0]` is `failure`. Expected failed, blocked or inconclusive.',
    ],
    [
      'with a key that is none',
      file('{ levle: quick }'),
      'p.yaml:7:18: Unknown key `environments.dev.gpu-smoke.levle`. Did you mean `level`?',
    ],
  ])('%s is refused', (_, text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });
});
