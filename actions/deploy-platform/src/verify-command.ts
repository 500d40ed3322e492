import type { Check } from '@suite/change-report';
import { UserError, withFullStop } from '@suite/foundation';
import { demandCluster } from '@suite/platform-file';
import type { Outcome } from './outcome.ts';
import type { Connected, Services } from './ports.ts';
import { prepare, whenApplied } from './prepare.ts';
import type { Target } from './target.ts';
import { verifyReleases } from './verify.ts';
import { verifyIdentities } from './verify-identities.ts';
import { verifyInterfaces } from './verify-interfaces.ts';

/** Whether what runs is what the platform file says, and works. */
export async function verifyPlatform(target: Target, services: Services, connected: Connected): Promise<Outcome> {
  const cluster = demandCluster(target.view, connected);
  const prepared = await prepare(target, services, connected, { ...whenApplied, hold: 'applied' });
  const [found, reached, signIns] = await Promise.all([
    verifyReleases(prepared, cluster, target.view, services),
    verifyInterfaces(target.view, services),
    verifyIdentities({
      view: target.view,
      rendered: prepared.rendered,
      outputs: connected.state?.outputs,
      cluster,
      resources: connected.resources,
    }),
  ]);
  const { warnings } = found;
  const checks = [...found.checks, ...reached.checks, ...signIns];
  const differences = [...found.differences, ...reached.differences, ...signIns.flatMap(brokenSignIn)];
  if (differences.length === 0) return { findings: { verdict: 'verified', warnings, checks } };
  const problems = differences.map(({ what, path, expected, actual }) => ({
    message: withFullStop(`${what}: ${path === '' ? '' : `${path} `}should be ${expected}, and is ${actual}`),
  }));
  return { findings: { verdict: 'mismatch', differences, warnings, checks }, error: new UserError(problems) };
}

function brokenSignIn({
  id,
  status,
  message,
}: Check): { what: string; path: string; expected: string; actual: string }[] {
  if (status !== 'failed') return [];
  return [{ what: id, path: '', expected: 'able to sign in to Azure', actual: message.replace(/\.$/, '') }];
}
