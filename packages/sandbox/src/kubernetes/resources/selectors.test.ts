import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../objects.ts';
import { labelSelector, nameInFieldSelector, parseFieldSelector, parseLabelSelector } from './selectors.ts';

const labels = { app: 'web', tier: 'front', n: '5' };

describe('label selectors', () => {
  test.each([
    ['', true],
    ['app', true],
    ['!app', false],
    ['app=web', true],
    ['app==web,tier=front', true],
    ['app=web,tier=back', false],
    ['app!=db', true],
    ['missing!=db', true],
    ['app in (web, db)', true],
    ['app notin (web)', false],
    ['missing notin (web)', true],
    ['n>4,n<6', true],
    ['example.com/part=x', false],
  ])('%s', (text, matches) => {
    expect(parseLabelSelector(text)(labels)).toBe(matches);
  });

  test.each(['app in web', 'a=b=c', '=x'])('%s is none', text => {
    expect(() => parseLabelSelector(text)).toThrow('unable to parse requirement');
  });

  test.each<[string, unknown, boolean]>([
    ['none selects nothing', undefined, false],
    ['an empty one selects everything', {}, true],
    ['labels', { matchLabels: { app: 'web' } }, true],
    ['expressions', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
    ['both', { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] }, true],
  ])('of an object: %s', (_name, selector, matches) => {
    expect(labelSelector(selector)(labels)).toBe(matches);
  });
});

describe('field selectors', () => {
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'n' },
    spec: { nodeName: 'x' },
    status: { phase: 'Running' },
  };

  test.each([
    ['metadata.name=a', true],
    ['metadata.namespace!=n', false],
    ['spec.nodeName=x,status.phase!=Pending', true],
    ['spec.hostNetwork=false', true],
  ])('%s', (text, matches) => {
    expect(parseFieldSelector(text, 'pods')(pod)).toBe(matches);
  });

  test.each([
    ['pods', 'spec.color=x', 'field label not supported: spec.color'],
    ['configmaps', 'data.x=1', '"data.x" is not a known field selector'],
    ['pods', 'spec.nodeName', "can't understand 'spec.nodeName'"],
  ])('of %s: %s is refused', (key, text, words) => {
    expect(() => parseFieldSelector(text, key)).toThrow(words);
  });

  test('events are found by what they are about', () => {
    const event = { ...pod, involvedObject: { kind: 'Pod', name: 'a', uid: 'u' }, source: { component: 'kubelet' } };
    expect(parseFieldSelector('involvedObject.uid=u,involvedObject.kind=Pod,source=kubelet', 'events')(event)).toBe(
      true,
    );
  });

  test.each([
    [null, undefined],
    ['metadata.namespace=a,metadata.name=b', 'b'],
    ['metadata.name!=b', undefined],
  ])('the name in %j is %j', (text, name) => {
    expect(nameInFieldSelector(text)).toBe(name);
  });
});
