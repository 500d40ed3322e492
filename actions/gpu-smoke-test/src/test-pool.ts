import { type Cluster, KubernetesFailure } from '@suite/kubernetes';
import { crossCheck, sharingOf } from './checks/cross-check.ts';
import { type DcgmSight, judgeDcgm } from './checks/dcgm.ts';
import { judgeExit } from './checks/exit.ts';
import { gatherDcgm } from './checks/gather-dcgm.ts';
import { checkIsolation } from './checks/isolation.ts';
import { judgeConditions } from './checks/node-health.ts';
import { judgeNotebook } from './checks/notebook.ts';
import { judgePlace } from './checks/place.ts';
import { keepAlive } from './cleanup/alive.ts';
import { type JobPlan, jobOf, nameOf, programOf } from './job.ts';
import { fieldManager } from './labels.ts';
import { unlooked } from './left-open.ts';
import type { Services } from './ports.ts';
import type { Finding } from './verdict.ts';
import type { NodeFacts, PodFacts } from './watch/facts.ts';
import { nodeInSight, type Progress } from './watch/phases.ts';
import { isOfPool, readNode } from './watch/read-facts.ts';
import { type WatchedTest, watchTest } from './watch/watch.ts';
import { judgeWorkload, parseWorkloadLog, type WorkloadOutcome, type WorkloadResult } from './workload/index.ts';

export interface PoolTest {
  readonly plan: JobPlan;
  /** VM size of the pool. */
  readonly size: string;
  readonly gpusOfSize: number | undefined;
  readonly driver: 'Install' | 'None';
  /** Labels that its nodes have by the platform file. */
  readonly labels: Readonly<Record<string, string>>;
  /** How long JupyterHub lets a notebook start; undefined where none of its profiles has a GPU. */
  readonly startTimeoutSeconds: number | undefined;
  /** Milliseconds since 1970. */
  readonly deadlineAt: number;
}

export interface PoolOutcome {
  readonly findings: readonly Finding[];
  readonly progress: Progress;
  readonly result: WorkloadResult | undefined;
  readonly nodes: readonly TestedNode[];
}

export interface TestedNode {
  readonly name: string;
  /** Whether the test ran on it. */
  readonly covered: boolean;
  /** Whether it came while the test was waiting. */
  readonly came: boolean;
}

export type TestPorts = Pick<Services, 'clock' | 'log' | 'signal'> & { readonly cluster: Cluster };

/**
 * Tests one pool: makes its Job, follows it, reads what it printed and compares what everybody says of the node. What it makes is left to
 * whoever calls to take away. Rejects with a KubernetesFailure, and with the signal's reason when the run is cancelled.
 */
export async function testPool(test: PoolTest, ports: TestPorts): Promise<PoolOutcome> {
  const { cluster, clock, signal } = ports;
  const { plan } = test;
  const before = new Set((await nodesOf(plan.pool, cluster)).map(({ name }) => name));
  const startedAt = clock.now();
  const job = await cluster.apply(jobOf(plan), { manager: fieldManager });
  const uid = job.metadata.uid ?? '';
  await cluster.apply(programOf(plan, uid), { manager: fieldManager });
  signal.throwIfAborted();
  const stop = keepAlive({ namespace: plan.namespace, name: nameOf(plan) }, ports);
  try {
    const watched: WatchedTest = {
      pool: plan.pool,
      before,
      startedAt,
      deadlineAt: test.deadlineAt,
      namespace: plan.namespace,
      job: nameOf(plan),
      driver: test.driver,
    };
    const { end, progress, facts } = await watchTest(watched, ports);
    const nodes = await nodesOf(plan.pool, cluster).catch(lastKnown(facts.nodes));
    const name = facts.pod?.node ?? nodeInSight(facts, watched)?.name;
    const node = nodes.find(each => each.name === name);
    const tested: TestedNode[] = nodes.map(each => ({
      name: each.name,
      covered: each.name === facts.pod?.node && progress.reached.done !== undefined,
      came: !before.has(each.name),
    }));
    if (end.kind === 'given-up') {
      const more = node?.isReady ? await healthOf(node, ports) : [];
      return { findings: [end.finding, ...more], progress, result: undefined, nodes: tested };
    }
    const outcome = await outcomeOf(plan, end.pod, cluster);
    const result = outcome.kind === 'result' ? outcome.result : undefined;
    const sharing = node === undefined ? 'unknown' : sharingOf(node, test.gpusOfSize, result?.devices ?? []);
    const findings = [
      ...judgeWorkload(outcome, { size: test.size, sharing, level: plan.level }),
      ...judgeExit(outcome, end.pod),
    ];
    const { startTimeoutSeconds } = test;
    const { running } = progress.reached;
    if (startTimeoutSeconds !== undefined && running !== undefined)
      findings.push(judgeNotebook(running - startedAt, startTimeoutSeconds));
    if (node === undefined) findings.push(judgePlace(plan.pool, end.pod.node, facts.nodes));
    else {
      const { gpusOfSize, size, labels } = test;
      const { dcgm, trouble } = await lookAtDcgm(node.name, ports);
      findings.push(...crossCheck({ size, gpusOfSize, sharing, node, result, dcgm, labels }), ...trouble);
      if (result !== undefined) {
        findings.push(
          ...(await checkIsolation(plan, uid, node.name, ports).catch(error => [unlooked('Isolation', error)])),
        );
      }
    }
    return { findings: [...findings, coverageOf(tested)], progress, result, nodes: tested };
  } finally {
    stop();
  }
}

async function nodesOf(pool: string, cluster: Pick<Cluster, 'list'>): Promise<readonly NodeFacts[]> {
  const nodes = await cluster.list({ apiVersion: 'v1', kind: 'Node' });
  return nodes.filter(node => isOfPool(node, pool)).map(readNode);
}

function lastKnown(nodes: readonly NodeFacts[]) {
  return (error: unknown) => {
    if (error instanceof KubernetesFailure) return nodes;
    throw error;
  };
}

/** What is left to ask where no work could tell anything. */
async function healthOf(node: NodeFacts, ports: TestPorts): Promise<readonly Finding[]> {
  const { dcgm, trouble } = await lookAtDcgm(node.name, ports);
  return [...judgeDcgm(dcgm, node.capacity), ...trouble, ...judgeConditions(node)];
}

interface DcgmLook {
  readonly dcgm: DcgmSight | undefined;
  /** Why exporters could not be looked for. */
  readonly trouble: readonly Finding[];
}

async function lookAtDcgm(node: string, { cluster, signal }: TestPorts): Promise<DcgmLook> {
  try {
    return { dcgm: await gatherDcgm(node, cluster, signal), trouble: [] };
  } catch (error) {
    return { dcgm: undefined, trouble: [unlooked('DCGM', error)] };
  }
}

/** What the program printed; where its log is gone with its node, the end of it that the kubelet keeps. */
async function outcomeOf(
  { namespace }: JobPlan,
  { name, ended }: PodFacts,
  cluster: Pick<Cluster, 'logs'>,
): Promise<WorkloadOutcome> {
  const outcome = parseWorkloadLog((await cluster.logs({ namespace, pod: name, container: 'smoke' }, 50)) ?? '');
  return outcome.kind === 'none' && outcome.tail === '' && ended !== undefined
    ? parseWorkloadLog(ended.message)
    : outcome;
}

/** One node is tested; what others are worth stays open. */
function coverageOf(nodes: readonly TestedNode[]): Finding {
  const names = (covered: boolean) => nodes.filter(node => node.covered === covered).map(({ name }) => name);
  const [tested, others] = [names(true), names(false)];
  const check = 'Nodes of the pool';
  if (nodes.length === 0) return { check, level: 'unknown', evidence: 'None is there, so none was tested.' };
  if (others.length === 0)
    return { check, level: 'fine', evidence: `${tested.join(', ') || 'None'} was tested, and is all there is.` };
  return {
    check,
    level: 'unknown',
    evidence: `Tested: ${tested.join(', ') || 'none'}. Not tested: ${others.join(', ')}. The scheduler picks.`,
  };
}
