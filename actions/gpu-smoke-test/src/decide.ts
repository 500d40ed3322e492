import type { Finding, Verdict } from './verdict.ts';

const kinds: readonly Verdict['kind'][] = ['failed', 'blocked', 'inconclusive', 'passed'];

/**
 * Of two causes of one failure the one that brings the other about: a broken GPU makes drivers fail, a driver makes toolkits fail,
 * and what is slow or lets others look is told only where everything works.
 */
const causes = ['hardware', 'driver', 'toolkit', 'plugin', 'isolation', 'performance'];

/** One verdict for many findings: the worst kind, of that the deepest cause, and of equals the one that was found first. */
export function decide(findings: readonly Finding[]): Verdict {
  const verdicts = findings.flatMap(({ verdict }) => (verdict === undefined ? [] : [verdict]));
  return worst(verdicts);
}

/** The same for verdicts of several pools. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const [first] = verdicts.toSorted((left, right) => rank(left) - rank(right));
  return first ?? { kind: 'passed' };
}

function rank(verdict: Verdict): number {
  const depth = verdict.kind === 'failed' ? causes.indexOf(verdict.cause) : 0;
  return kinds.indexOf(verdict.kind) * causes.length + depth;
}

/** The finding that gave the verdict. */
export function decisive(findings: readonly Finding[]): Finding | undefined {
  const verdict = decide(findings);
  return findings.find(finding => finding.verdict !== undefined && rank(finding.verdict) === rank(verdict));
}
