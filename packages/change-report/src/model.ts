/**
 * The change report: what a plan, apply or verify of any action found, changed and proved. Comments and summaries are
 * rendered from it and from nothing else. It holds no sensitive value: whoever fills it leaves them out.
 */
export interface ChangeReport {
  readonly schema: 'change-report/v1';
  /** `provision-aks`, … */
  readonly action: string;
  readonly command: Command;
  readonly platform: string;
  readonly scope: string;
  readonly region: string;
  readonly production: boolean;
  /**
   * SHAs of the commit that was asked about, empty outside of a workflow. Of a pull request `head` is the tip of its branch,
   * `base` what it is compared with, and `merge` the trial merge that the command really read.
   */
  readonly commit: { readonly head: string; readonly base?: string; readonly merge?: string };
  /** The workflow run; absent outside of a workflow. */
  readonly run?: { readonly id: string; readonly attempt: string; readonly url: string; readonly actor: string };
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly verdict: Verdict;
  readonly changes: readonly Change[];
  /** What was changed behind the tool's back since the last apply; `create` for what nobody asked for. */
  readonly drift: readonly Change[];
  readonly outputs: readonly OutputChange[];
  readonly checks: readonly Check[];
  /** Where the live platform differs from the platform file; filled by verify, and by drift with what no plan sees. */
  readonly differences: readonly Difference[];
  /** Sentences worth knowing that block nothing. */
  readonly warnings: readonly string[];
  readonly timings: readonly Timing[];
  /** HMAC-SHA-256 of the plan, 64 hexadecimal digits; absent where there is no plan. */
  readonly digest?: string;
}

export type Command = 'plan' | 'apply' | 'verify' | 'drift';

export const verdicts = [
  'no-changes',
  'changes',
  'blocked',
  'applied',
  'verified',
  'mismatch',
  'drifted',
  'clean',
  'incomplete',
  'failed',
] as const;
/**
 * `no-changes`, `changes` and `blocked` are a plan's (blocked: apply would refuse it); `applied` an apply's; `verified` and
 * `mismatch` a verification's, also the one after an apply; `drifted`, `clean` and `incomplete` a look for drift's (incomplete:
 * nothing was found, and not everything could be looked at); `failed` when the command could not finish.
 */
export type Verdict = (typeof verdicts)[number];

export const kinds = ['create', 'update', 'rotate', 'replace', 'delete', 'move', 'import', 'forget'] as const;
/** `rotate`: the tool says update, but every node or instance behind the resource is replaced. */
export type Kind = (typeof kinds)[number];

export const reaches = ['cluster', 'node-pool', 'network', 'data', 'identity', 'stateless'] as const;
/** What is hit when the change goes wrong (blast radius). */
export type Reach = (typeof reaches)[number];

export const risks = ['none', 'low', 'medium', 'high', 'critical'] as const;
export type Risk = (typeof risks)[number];

export interface Change {
  /** As the tool names the resource, e.g. `module.pools.azurerm_kubernetes_cluster_node_pool.this["gpu"]`. */
  readonly address: string;
  /** The tool's type, e.g. `azurerm_kubernetes_cluster_node_pool`. */
  readonly type: string;
  /** What people call it: `node pool gpu`, `cluster aks-contoso-dev-westeurope`. */
  readonly title: string;
  readonly kind: Kind;
  /** Only for `replace`: whether the new one is made before the old one goes. */
  readonly createBeforeDelete?: boolean;
  /** What forces a replacement or rotation. Empty for other kinds. */
  readonly reasons: readonly Reason[];
  readonly attributes: readonly AttributeChange[];
  readonly reach: Reach;
  readonly risk: Risk;
  /** Only for `move`. */
  readonly previousAddress?: string;
  /** What `allow:` has to name for this change; absent where nothing has to be allowed. */
  readonly allowKey?: string;
  /** What stops or is lost, one sentence; for dangerous changes. */
  readonly effect?: string;
}

export interface Reason {
  /** One sentence or clause without a full stop, e.g. `the resource is tainted`. Empty when an attribute says it all. */
  readonly text: string;
  readonly attribute?: AttributeChange;
}

export interface AttributeChange {
  /** `default_node_pool.vm_size`, without list indices of single blocks. */
  readonly path: string;
  readonly before: Value;
  readonly after: Value;
  /** What decides it in the platform file, below a layer: `cluster.pools.gpu.size`. */
  readonly setting?: string;
}

/** A value as it may be shown. */
export type Value =
  | { readonly is: 'shown'; readonly text: string }
  /** Not set. */
  | { readonly is: 'absent' }
  /** Known only after the apply. */
  | { readonly is: 'unknown' }
  /** Never shown; that it changes may be said. */
  | { readonly is: 'sensitive' };

export interface OutputChange {
  readonly name: string;
  readonly kind: 'create' | 'update' | 'delete';
  readonly before: Value;
  readonly after: Value;
}

export interface Check {
  /** Stable id, e.g. `allowance`, `precondition`, `unrecorded`. */
  readonly id: string;
  /** What was checked, in words. */
  readonly name: string;
  readonly status: CheckStatus;
  readonly message: string;
  readonly remedy?: string;
  /** What causes it in the platform file, below a layer: `cluster.pools.gpu.size`. */
  readonly setting?: string;
}

export const checkStatuses = ['passed', 'failed', 'warning', 'blocked', 'unknown', 'later'] as const;
/**
 * `blocked`: apply refuses. `failed`: the tool's own check failed, which blocks nothing. `warning`: something to put right
 * that this apply survives. `unknown`: nobody could say, which is not the same as fine. `later`: decided by the apply.
 */
export type CheckStatus = (typeof checkStatuses)[number];

/** Named by what people call it, and by its path in the live resource. */
export interface Difference {
  readonly what: string;
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

export interface Timing {
  /** What took the time: a resource's title, or a step such as `plan`. */
  readonly name: string;
  /** Milliseconds since `startedAt`, and how long it took. */
  readonly startMs: number;
  readonly durationMs: number;
}
