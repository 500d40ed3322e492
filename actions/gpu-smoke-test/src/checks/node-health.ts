import type { Finding, Verdict } from '../verdict.ts';
import type { NodeFacts } from '../watch/facts.ts';

const hardware = { kind: 'failed', cause: 'hardware' } as const;

/**
 * Conditions that AKS's node problem detector sets on GPU nodes (Microsoft Learn, "GPU health monitoring in Node Problem Detector"). The
 * pages write XIDErrors, the nodes XIDError (Azure/AgentBaker#6698, #8797), so both are known.
 */
const conditions: readonly (readonly [type: RegExp, verdict: Verdict | undefined])[] = [
  [/^(?:GPU)?XIDErrors?$/, hardware],
  [/^GPUMissing$/, hardware],
  [/^NVLinkStatusInactive$/, hardware],
  [/^UnhealthyNvidiaDevicePlugin$/, { kind: 'failed', cause: 'plugin' }],
  [/^NvidiaGRIDDriverUnlicensed$|^UnhealthyNvidiaGRIDLicense/, { kind: 'failed', cause: 'driver' }],
  [/^GPUClockThrottling$/, undefined],
  [/^IBLinkFlapping$/, undefined],
  [/^UnhealthyNvidiaDCGM/, undefined],
];

/** What the node says of its GPUs. */
export function judgeConditions({ name, problems, reported }: NodeFacts): readonly Finding[] {
  const check = 'Node conditions';
  if (!reported.some(type => conditions.some(([known]) => known.test(type)))) {
    // The detector leaves GPUs alone where AKS installs no driver, and on sizes that it does not know.
    return [{ check, level: 'unknown', evidence: `Nothing on ${name} reports conditions of GPUs.` }];
  }
  const found = problems.flatMap(({ type, message }): Finding[] => {
    const known = conditions.find(([pattern]) => pattern.test(type));
    if (known === undefined) return [];
    const evidence = `${name} reports ${type}: ${message}`;
    const [, verdict] = known;
    return [
      verdict === undefined
        ? { check, level: 'warning', evidence }
        : {
            check,
            level: 'bad',
            verdict,
            evidence,
            remedy: 'Drain the node and delete its machine, so that Azure gives another one.',
            link: 'https://learn.microsoft.com/azure/aks/gpu-health-monitoring',
          },
    ];
  });
  return found.length > 0 ? found : [{ check, level: 'fine', evidence: `${name} reports no problem of its GPUs.` }];
}
