import type { ChangeReport, Check } from '@suite/change-report';
import { mapInParallel } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';
import type { Services } from './ports.ts';
import { hostsOf, type RoutedHost } from './releases/hosts.ts';
import type { Visit } from './visit.ts';

/**
 * Whether each interface answers under its name, through the gateway, as a person would ask. What nobody could ask from this runner
 * is unknown, which is not the same as fine: a name may not lead here yet, and not every runner may reach the Internet.
 */
export async function verifyInterfaces(
  view: EnvironmentScope,
  { visit, signal }: Pick<Services, 'visit' | 'signal'>,
): Promise<{ readonly differences: ChangeReport['differences']; readonly checks: readonly Check[] }> {
  const isTrusted = view.releases.gateway?.issuer === 'letsencrypt-prod';
  const found = await mapInParallel(hostsOf(view), 6, async host => {
    const url = `https://${host.hostname}${host.health}`;
    return judge(host, url, await visit(url, signal), isTrusted);
  });
  return {
    differences: found.flatMap(({ difference }) => difference ?? []),
    checks: found.map(({ check }) => check),
  };
}

interface Judgement {
  readonly check: Check;
  readonly difference?: ChangeReport['differences'][number];
}

/** Pure, so that it can be held to a table. */
export function judge({ name, title }: RoutedHost, url: string, visit: Visit, isTrusted: boolean): Judgement {
  const about = { id: `release/routes/${name}`, name: `${title} answers at ${url}`, setting: 'releases.routes' };
  const wrong = (actual: string): Judgement => ({
    check: { ...about, status: 'failed', message: `${title} does not answer as it should: ${actual}.` },
    difference: { what: url, path: '', expected: `an answer of ${title}`, actual },
  });
  switch (visit.is) {
    case 'answered':
      return visit.status < 400
        ? { check: { ...about, status: 'passed', message: `It answers with ${visit.status}.` } }
        : wrong(`an answer with ${visit.status}`);
    case 'untrusted':
      if (isTrusted) return wrong(`a certificate that nobody trusts (${visit.why})`);
      return {
        check: {
          ...about,
          status: 'unknown',
          message: `Whether it answers is not known: this runner does not trust its certificate (${visit.why}).`,
          remedy: 'Set `releases.gateway.issuer: letsencrypt-prod` once everything else works.',
        },
      };
    case 'unreachable':
      return {
        check: {
          ...about,
          status: 'unknown',
          message: `Whether it answers is not known: this runner cannot ask it (${visit.why}).`,
          remedy:
            "See that the domain's name servers lead to its zone in Azure, and that the runner reaches the Internet.",
        },
      };
  }
}
