import { quote, sentenceList } from '@suite/foundation';
import type { Finding } from '../verdict.ts';
import type { Demand, FoundNamespace, LimitFacts, PreflightFacts, QuotaFacts, TestFacts } from './facts.ts';
import { blocked, fine, unknown } from './finding.ts';

/** Whether the namespace takes the test: its pod security, its quotas and limits, and what else has a say in the API server. */
export function judgeNamespace({ namespace, test }: PreflightFacts): readonly Finding[] {
  const { name, isOwn, found } = namespace;
  const check = 'Namespace';
  if (!found.known) return [unknown(check, found)];
  if (found.value === undefined) {
    return [
      isOwn
        ? fine(check, `${name} is made for the test, and enforces restricted pods.`)
        : blocked(
            check,
            'configuration',
            `There is no namespace ${name}.`,
            'Name one that is there, or leave it out: then the test makes its own.',
          ),
    ];
  }
  const { isGoing, quotas, limits, refusal } = found.value;
  if (isGoing) {
    return [
      blocked(
        check,
        'configuration',
        `The namespace ${name} is being deleted, and takes nothing new.`,
        'Run the test again once it is gone and made anew, or leave `namespace` out.',
      ),
    ];
  }
  return [
    quotas.known ? judgeQuotas(quotas.value, test) : unknown('Quota of the namespace', quotas),
    limits.known ? judgeLimits(limits.value, test) : unknown('Limits of the namespace', limits),
    refusal.known ? judgeRefusal(name, found.value, refusal.value) : unknown('Admission', refusal),
  ];
}

/** What the test takes of each thing that quotas count (Kubernetes, "Resource Quotas"). */
function demandOf({ total, pods }: TestFacts): Readonly<Record<string, number>> {
  const { cpu, memory, gpus } = total;
  return {
    cpu,
    'requests.cpu': cpu,
    'limits.cpu': cpu,
    memory,
    'requests.memory': memory,
    'limits.memory': memory,
    'requests.nvidia.com/gpu': gpus,
    'limits.nvidia.com/gpu': gpus,
    pods,
    'count/pods': pods,
    'count/jobs.batch': 1,
    configmaps: 1,
    'count/configmaps': 1,
  };
}

function judgeQuotas(quotas: readonly QuotaFacts[], test: TestFacts): Finding {
  const check = 'Quota of the namespace';
  if (quotas.length === 0) return fine(check, 'It has none.');
  const demand = demandOf(test);
  const exceeded = quotas.flatMap(({ name, hard, used }) =>
    Object.entries(hard).flatMap(([resource, most]) => {
      const more = demand[resource] ?? 0;
      const now = used[resource] ?? 0;
      if (more === 0 || now + more <= most) return [];
      return [`${name} allows ${amount(resource, most)} ${resource}, of which ${amount(resource, now)} are used`];
    }),
  );
  if (exceeded.length === 0)
    return fine(check, `${sentenceList(quotas.map(({ name }) => name))} have room for the test.`);
  return blocked(
    check,
    'quota',
    `The test takes more than is left: ${sentenceList(exceeded)}.`,
    'Raise the ResourceQuota, or test in another namespace.',
  );
}

function judgeLimits(limits: readonly LimitFacts[], { container, total }: TestFacts): Finding {
  const check = 'Limits of the namespace';
  if (limits.length === 0) return fine(check, 'It has none.');
  const broken = limits.flatMap(({ name, of, min, max }) => {
    const demand = of === 'Pod' ? total : container;
    const given = Object.entries(named(demand));
    return [
      ...given.flatMap(([resource, value]) =>
        value > (max[resource] ?? Number.POSITIVE_INFINITY)
          ? [
              `${name} allows a ${of.toLowerCase()} ${amount(resource, max[resource] ?? 0)} ${resource} at most, and the test takes ${amount(resource, value)}`,
            ]
          : [],
      ),
      ...given.flatMap(([resource, value]) =>
        value < (min[resource] ?? 0)
          ? [
              `${name} wants a ${of.toLowerCase()} to take ${amount(resource, min[resource] ?? 0)} ${resource} at least, and the test takes ${amount(resource, value)}`,
            ]
          : [],
      ),
    ];
  });
  if (broken.length === 0) return fine(check, `${sentenceList(limits.map(({ name }) => name))} allow the test.`);
  return blocked(
    check,
    'configuration',
    `The namespace does not allow what the test takes: ${sentenceList(broken)}.`,
    'Change the LimitRange, or test in another namespace.',
  );
}

const named = ({ cpu, memory, gpus }: Demand) => ({ cpu, memory, 'nvidia.com/gpu': gpus });

function amount(resource: string, value: number): string {
  return /memory/.test(resource) ? `${Math.round(value / 2 ** 20)} MiB` : String(Math.round(value * 1000) / 1000);
}

function judgeRefusal(name: string, { enforces }: FoundNamespace, refusal: string | undefined): Finding {
  const check = 'Admission';
  if (refusal === undefined) {
    const level = enforces === undefined ? 'no level of pod security' : `the pod security level ${enforces}`;
    return fine(check, `The API server would take the test’s pod; ${name} enforces ${level}.`);
  }
  const cause = /exceeded quota/.test(refusal) ? 'quota' : 'configuration';
  const isPodSecurity = /violates PodSecurity/.test(refusal);
  return blocked(
    check,
    cause,
    `The API server would not take the test’s pod in ${name}: ${quote(refusal)}`,
    isPodSecurity
      ? 'The pod is as restricted as the level `restricted` of its time asks for: look at `pod-security.kubernetes.io/enforce-version` of the namespace, or leave `namespace` out.'
      : 'Make an exception in the policy for pods like this one, which notebooks with a GPU would need as well, or test in another namespace.',
  );
}
