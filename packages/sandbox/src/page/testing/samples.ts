import type { CheckRunView, IssueView, PullView } from '../../github/views.ts';
import type { JobResult, RunResult, StepResult } from '../../runner/results.ts';
import type { PageContent } from '../content.ts';

const start = Date.UTC(2026, 10, 24, 5, 0, 0);
const head = '9f3c2e1000000000000000000000000000000000';
const base = '1b2c3d4000000000000000000000000000000000';
const merge = '7d1f0aa000000000000000000000000000000000';
const repository = 'contoso/platform';
const at = (seconds: number) => start + seconds * 1000;

/** A comment as ours are, and with all else that GitHub's Markdown knows. */
const sampleComment = `<!-- platform-plan:v1 eyJwdWxsIjo0MiwiaGVhZCI6IjlmM2MyZTEi -->
### Platform plan: prod rotates a node pool, 2 environments are routine

| Environment | Infrastructure | Platform | Images | Applications | Risk | Gate |
|:--|:--|:--|:--|:--|:--|:--|
| dev | +1 ~1 | ~2 releases | 2 new | ~4 objects | low | open |
| staging | +1 ~1 | ~2 releases | 2 new | ~4 objects | low | after dev |
| **prod** · westeurope | +1 ~1 **↻1** | ~2 releases | 2 new | ~4 objects | **high** | 24 h after staging, closed Fri 16:00 – Mon 08:00 (Europe/Berlin) |
| prod · northeurope | no changes | ~2 releases | 2 new | ~4 objects | low | after westeurope |

> [!WARNING]
> **prod · westeurope rotates every node of pool \`gpu\`**: \`vm_size\` changes from \`Standard_NC24s_v3\` to \`Standard_NC4as_T4_v3\`. Terraform calls this an update; its 2 nodes are drained and deleted, notebooks on them stop. To allow it, add \`node-pool/gpu\` to \`allow:\` of prod in \`platform.yaml\`.

**Only in some environments:** \`cluster.pools.gpu.size\` (prod). **Preflight:** 1 finding: \`prod\` has 8 of 16 T4 vCPUs free, the surge needs 12 ([raise the quota](https://example.invalid)).

<details open><summary>Infrastructure · prod · westeurope: 1 rotated, 1 changed, 1 added</summary>

| | Resource | Forced by | Before → after | Reach |
|:--|:--|:--|:--|:--|
| ↻ | node pool \`gpu\` | \`vm_size\` | \`Standard_NC24s_v3\` → \`Standard_NC4as_T4_v3\` | node pool |
| ~ | cluster \`contoso-prod\` | | \`image_cleaner_interval_hours\`: \`48\` → \`24\` | cluster, no restart |
| + | federated credential \`mlflow\` | | | identity |

\`\`\`diff
@@ node pools @@
# what Terraform would do
! azurerm_kubernetes_cluster_node_pool.gpu
-   vm_size   = "Standard_NC24s_v3"   # rotates all nodes
+   vm_size   = "Standard_NC4as_T4_v3"
    max_count = 2
\`\`\`

</details>
<details><summary>Platform: mlflow 1.11.4 → 1.11.5 (restarts 1 deployment), loki values (restarts 3 pods)</summary>Restarts.</details>
<details><summary>Images: api <code>sha256:1f0c…e1</code>, worker <code>sha256:77ab…09</code> (signed, 14 MB new of 212 MB)</summary>Signed.</details>

Plan \`7c1e·09af\` of \`9f3c2e1\` · [run 4711](https://github.com/${repository}/actions/runs/4711) · 05:01 UTC · what you review here is what will be applied
`;

const everything = `#### Everything else

> [!NOTE]
> A note.

> [!TIP]
> A tip.

> [!IMPORTANT]
> Of importance.

> [!CAUTION]
> With caution: :warning: and :rocket:, but \`:warning:\` in code.

> An ordinary quote.

- [x] planned
- [ ] applied
  1. first
  2. second

\`\`\`mermaid
flowchart LR
  dev --> staging --> prod
\`\`\`

\`\`\`mermaid
gantt
  dateFormat x
  axisFormat %H:%M:%S
  · terraform init :${at(0)}, 4200ms
  · resource group rg-contoso-dev :${at(4)}, 9100ms
  · cluster aks-contoso-dev-westeurope :${at(13)}, 190000ms
  · node pool gpu :${at(203)}, 61000ms
  · role assignment of the kubelet to the registry :${at(255)}, 9000ms
\`\`\`

\`\`\`hcl
resource "azurerm_kubernetes_cluster_node_pool" "gpu" { vm_size = "Standard_NC4as_T4_v3", a_very_long_attribute_name = "that scrolls within itself" }
\`\`\`

~~gone~~ *soft* **strong** <kbd>Ctrl</kbd> ![a picture](https://example.invalid/x.png) and a note[^1] on /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso-prod-westeurope/providers/Microsoft.ContainerService/managedClusters/aks

---

[^1]: Below.
`;

const pull: PullView = {
  number: 42,
  title: 'Move the GPU pool to T4 nodes',
  body: '',
  author: 'mona',
  state: 'merged',
  head: { branch: 'gpu-t4', sha: head, repository },
  base: { branch: 'main', sha: base },
  mergeSha: merge,
  createdAt: at(0),
  comments: [
    {
      id: 1001,
      author: 'github-actions[bot]',
      body: sampleComment,
      createdAt: at(20),
      revisions: [
        { at: at(20), body: '### Platform plan: running\n\nPlans of 4 environments are under way.' },
        { at: at(95), body: sampleComment },
      ],
      deleted: false,
    },
    {
      id: 1002,
      author: 'mona',
      body: everything,
      createdAt: at(120),
      revisions: [{ at: at(120), body: everything }],
      deleted: false,
    },
    {
      id: 1003,
      author: 'github-actions[bot]',
      body: 'An older comment.',
      createdAt: at(5),
      revisions: [{ at: at(5), body: 'An older comment.' }],
      deleted: true,
    },
  ],
};

const issue: IssueView = {
  number: 43,
  title: 'Drift in dev of contoso',
  author: 'github-actions[bot]',
  labels: ['platform-drift'],
  state: 'closed',
  body: '### dev is not as it was left\n\n`image_cleaner_interval_hours`: `48` → `24`',
  revisions: [
    { at: at(10), body: 'An earlier body.' },
    { at: at(30), body: '### dev is not as it was left\n\n`image_cleaner_interval_hours`: `48` → `24`' },
  ],
  comments: [
    {
      id: 1004,
      author: 'github-actions[bot]',
      body: '**Clean.** Nothing is left.',
      createdAt: at(60),
      revisions: [{ at: at(60), body: '**Clean.** Nothing is left.' }],
      deleted: false,
    },
  ],
};

const longRows = Array.from({ length: 60 }, (_, index) => `| pool \`p${index}\` | Standard_D4ds_v5 | ${index} | no |`);

const checks: readonly CheckRunView[] = [
  {
    id: 501,
    name: 'Platform plan: prod',
    headSha: head,
    status: 'completed',
    conclusion: 'failure',
    detailsUrl: `https://github.com/${repository}/actions/runs/4711`,
    title: 'prod rotates a node pool that is not allowed',
    summary: `**1 change is blocked.**\n\n| Pool | Size | Nodes | Rotates |\n|:--|:--|--:|:--|\n${longRows.join('\n')}`,
    annotations: [
      {
        path: 'platform.yaml',
        startLine: 31,
        level: 'failure',
        title: 'Rotation is not allowed',
        message: 'node-pool/gpu is not in `allow:` of prod.\nAdd it, or leave vm_size as it is.',
      },
      { path: 'platform.yaml', startLine: 12, level: 'warning', title: undefined, message: 'maxSurge is 33 %.' },
    ],
  },
  {
    id: 502,
    name: 'Platform plan: dev',
    headSha: head,
    status: 'completed',
    conclusion: 'success',
    detailsUrl: undefined,
    title: 'dev: 1 to create, 1 to change',
    summary: 'Routine.',
    annotations: [],
  },
  {
    id: 499,
    name: 'Platform plan: dev',
    headSha: base,
    status: 'completed',
    conclusion: 'neutral',
    detailsUrl: undefined,
    title: 'Nothing to do',
    summary: '',
    annotations: [],
  },
];

export function sampleStep(step: Partial<StepResult> = {}): StepResult {
  return {
    name: 'Plan',
    uses: '$/provision-aks',
    conclusion: 'success',
    exitCode: 0,
    seconds: 12.3,
    log: [
      '▾ terraform init',
      '  Initializing the backend...',
      '  Terraform has been successfully initialized!',
      'done',
    ],
    annotations: [],
    outputs: {},
    summary: '',
    ...step,
  };
}

export function sampleJob(id: string, name: string, job: Partial<JobResult> = {}): JobResult {
  return {
    id,
    name,
    conclusion: 'success',
    runsOn: 'ubuntu-24.04',
    startedAt: at(10),
    seconds: 30,
    steps: [sampleStep({ name: 'Check out', uses: 'actions/checkout@v6', seconds: 1.1 }), sampleStep()],
    annotations: [],
    ...job,
  };
}

const planRun: RunResult = {
  id: '4711',
  attempt: 1,
  workflow: 'Platform',
  path: '.github/workflows/platform.yml',
  event: 'pull_request',
  headSha: head,
  actor: 'mona',
  conclusion: 'failure',
  startedAt: at(2),
  seconds: 100,
  jobs: [
    sampleJob('9001', 'plan / Resolve', { startedAt: at(3), seconds: 6 }),
    sampleJob('9002', 'plan / Plan dev · westeurope', {
      steps: [
        sampleStep({
          summary: '### dev: 1 to create, 1 to change\n\n| Resource | Change |\n|:--|:--|\n| pool | update |',
        }),
      ],
    }),
    sampleJob('9003', 'plan / Plan prod · westeurope', {
      conclusion: 'failure',
      seconds: 61,
      annotations: [{ level: 'warning', message: 'The runner image is going to change.' }],
      steps: [
        sampleStep({
          conclusion: 'failure',
          exitCode: 1,
          seconds: 58,
          log: [
            ...Array.from({ length: 2100 }, (_, index) => `line ${index + 1} of a long log`),
            `warning: a line that is long: ${'x'.repeat(300)}`,
            'error: prod · westeurope is blocked: rotating node pool `gpu` is not allowed',
          ],
          annotations: [
            { level: 'error', message: 'Rotating node pool `gpu` is not allowed.', file: 'platform.yaml', line: 31 },
          ],
          summary: '### prod is blocked\n\n> [!CAUTION]\n> **node pool `gpu` is rotated.**\n\n```diff\n- a\n+ b\n```',
        }),
        sampleStep({
          name: 'Upload the report',
          uses: 'actions/upload-artifact@v6',
          conclusion: 'skipped',
          seconds: 0,
          log: [],
        }),
      ],
    }),
    sampleJob('9004', 'plan / Plan staging · westeurope', { conclusion: 'cancelled', seconds: 9 }),
    sampleJob('9005', 'plan / Comment', { startedAt: at(90), seconds: 8 }),
    sampleJob('9006', 'promote', { conclusion: 'skipped', seconds: 0, steps: [], startedAt: at(3) }),
  ],
};

const promoteRun: RunResult = {
  ...planRun,
  id: '4712',
  attempt: 2,
  event: 'push',
  headSha: merge,
  conclusion: 'success',
  startedAt: at(130),
  seconds: 70,
  jobs: [
    sampleJob('9101', 'promote / bundle', { startedAt: at(131), seconds: 5 }),
    sampleJob('9102', 'promote / dev / Apply', {
      startedAt: at(138),
      environment: { name: 'dev', url: `https://github.com/${repository}/actions/runs/4712` },
    }),
    sampleJob('9103', 'promote / prod / Apply', { startedAt: at(170), environment: { name: 'prod' } }),
  ],
};

/** A run of the sandbox in which every part of the page has something to show. */
export const sampleContent: PageContent = {
  ok: false,
  startedAt: start,
  seconds: 205,
  repository,
  chapters: [
    {
      number: 1,
      title: 'A change is proposed',
      tells: 'A pull request changes the platform file.',
      ok: true,
      scenes: [
        { words: 'Pull request 42 is opened', ok: true, run: promoteRun },
        { words: 'The comment names the pool', ok: true, pull: 42 },
        { words: 'It is promoted, and stops', ok: true, run: planRun },
      ],
    },
    {
      number: 2,
      title: 'Somebody changes something by hand',
      tells: 'A setting is changed in the portal.',
      ok: false,
      scenes: [{ words: 'One issue says which', ok: false, issue: 43 }],
    },
  ],
  pulls: [{ pull, checks }],
  issues: [issue],
  runs: [
    planRun,
    promoteRun,
    {
      ...planRun,
      id: '4713',
      event: 'schedule',
      startedAt: at(203),
      seconds: 0,
      jobs: [],
      startupFailure:
        "The workflow is not valid. .github/workflows/drift.yml (Line: 9, Col: 3): Error calling workflow 'contoso/platform/.github/workflows/drift.yml'.",
    },
  ],
  deployments: [
    { environment: 'dev', sha: base, state: 'inactive', url: undefined, createdAt: at(1) },
    { environment: 'dev', sha: merge, state: 'success', url: 'https://dev.example.invalid/', createdAt: at(138) },
    { environment: 'prod', sha: merge, state: 'waiting', url: undefined, createdAt: at(170) },
  ],
  approvals: [{ environment: 'prod', state: 'approved', by: 'mona', at: at(171) }],
  records: [{ environment: 'prod', commit: merge, at: at(175) }],
  notes: ['Records of staging and prod are in run.json.'],
};
