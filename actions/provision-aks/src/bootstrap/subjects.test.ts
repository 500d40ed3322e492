import { describe, expect, test } from '@jest/globals';
import { createSubjects, type JobKind, type SubjectTemplate } from './subjects.ts';

const jobs: readonly JobKind[] = [
  { kind: 'pull-request' },
  { kind: 'branch', branch: 'main' },
  { kind: 'environment', environment: 'dev' },
];
const own = {
  sub: 'repo:contoso/platform:environment:bootstrap',
  environment: 'bootstrap',
  event_name: 'workflow_dispatch',
  ref: 'refs/heads/main',
  repository_owner: 'contoso',
  repository_owner_id: '98765432',
};
const plain: SubjectTemplate = { prefix: 'repo:contoso/platform', claims: undefined };

describe('createSubjects', () => {
  test.each([
    [
      'names',
      plain,
      own.sub,
      [
        'repo:contoso/platform:pull_request',
        'repo:contoso/platform:ref:refs/heads/main',
        'repo:contoso/platform:environment:dev',
      ],
    ],
    [
      'ids beside names',
      { prefix: 'repo:contoso@98765432/platform@701234567', claims: undefined },
      'repo:contoso@98765432/platform@701234567:environment:bootstrap',
      [
        'repo:contoso@98765432/platform@701234567:pull_request',
        'repo:contoso@98765432/platform@701234567:ref:refs/heads/main',
        'repo:contoso@98765432/platform@701234567:environment:dev',
      ],
    ],
    [
      'a template',
      { ...plain, claims: ['repository_owner_id', 'repo', 'context'] },
      'repository_owner_id:98765432:repo:contoso/platform:environment:bootstrap',
      [
        'repository_owner_id:98765432:repo:contoso/platform:pull_request',
        'repository_owner_id:98765432:repo:contoso/platform:ref:refs/heads/main',
        'repository_owner_id:98765432:repo:contoso/platform:environment:dev',
      ],
    ],
  ])('%s', (_, template: SubjectTemplate, sub: string, expected: string[]) => {
    const subjectOf = createSubjects(template, { ...own, sub });
    expect(jobs.map(subjectOf)).toEqual(expected);
  });

  test('a job without environment is one of its branch', () => {
    const { environment: _, ...claims } = own;
    const subjectOf = createSubjects(plain, { ...claims, sub: 'repo:contoso/platform:ref:refs/heads/main' });
    expect(subjectOf({ kind: 'environment', environment: 'a:b' })).toBe('repo:contoso/platform:environment:a%3Ab');
  });

  test.each([
    [
      'what the API describes is not what the token says',
      plain,
      { ...own, sub: 'repo:contoso@1/platform@2:environment:bootstrap' },
      /describes subjects by which this job's would be `repo:contoso\/platform:environment:bootstrap`, but its token says `repo:contoso@1/,
    ],
    [
      'a claim that differs from job to job',
      { ...plain, claims: ['repo', 'context', 'job_workflow_ref'] },
      { ...own, sub: 'repo:contoso/platform:environment:bootstrap:job_workflow_ref:w', job_workflow_ref: 'w' },
      /contain the claim `job_workflow_ref`, which differs from job to job/,
    ],
    [
      'a template by which a pull request could apply',
      { ...plain, claims: ['repo', 'repository_owner'] },
      { ...own, sub: 'repo:contoso/platform:repository_owner:contoso' },
      /do not tell which GitHub environment a job has \(`repo, repository_owner`\), so a pull request could apply/,
    ],
  ])('refuses %s', (_, template: SubjectTemplate, claims: Record<string, string>, message: RegExp) => {
    expect(() => createSubjects(template, claims)).toThrow(message);
  });
});
