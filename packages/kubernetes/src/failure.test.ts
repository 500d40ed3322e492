import { describe, expect, test } from '@jest/globals';
import { refusalFailure } from './failure.ts';

const attempt = {
  host: 'aks.example',
  identity: 'apply identity of dev',
  purpose: 'apply Role a/b',
  lackingRight: 'Give it the role.',
};

describe('a refusal with 403', () => {
  const refused = (message: string, reason = 'Forbidden') => {
    const { kind, problems } = refusalFailure(
      { status: 403, retryAfter: undefined, text: JSON.stringify({ message, reason }) },
      attempt,
      0,
    );
    return [kind, problems[0]?.remedy];
  };

  test.each<[string, string, string | undefined]>([
    [
      'of a verb',
      'configmaps is forbidden: User "x" cannot list resource "configmaps" in API group "" in the namespace "y"',
      'Give it the role.',
    ],
    [
      'of rights that nobody may give who has them not',
      'roles.rbac.authorization.k8s.io "b" is forbidden: user "x" (groups=["g"]) is attempting to grant RBAC permissions not currently held:\n{}',
      'Give it the role.',
    ],
    ['by admission', 'pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged', undefined],
    ['by a webhook', 'admission webhook "w" denied the request: no', undefined],
  ])('%s', (_name, message, remedy) => {
    expect(refused(message)).toEqual(['forbidden', remedy]);
  });
});
