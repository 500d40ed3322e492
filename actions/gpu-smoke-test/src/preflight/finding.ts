import type { Answer } from '@suite/azure';
import type { Finding, Verdict } from '../verdict.ts';

type Blocking = Extract<Verdict, { kind: 'blocked' }>['cause'];

export function fine(check: string, evidence: string): Finding {
  return { check, level: 'fine', evidence };
}

export function blocked(check: string, cause: Blocking, evidence: string, remedy: string, link?: string): Finding {
  return {
    check,
    level: 'bad',
    verdict: { kind: 'blocked', cause },
    evidence,
    remedy,
    ...(link === undefined ? {} : { link }),
  };
}

export function warning(check: string, evidence: string, remedy: string, link?: string): Finding {
  return { check, level: 'warning', evidence, remedy, ...(link === undefined ? {} : { link }) };
}

export function unknown(check: string, { why, remedy }: Extract<Answer<unknown>, { known: false }>): Finding {
  return { check, level: 'unknown', evidence: why, ...(remedy === undefined ? {} : { remedy }) };
}

/** What stops a scale-up stops the test only if it needs one. */
export function unlessThereIsANode(hasNode: boolean, finding: Finding): Finding {
  if (!hasNode || finding.level !== 'bad') return finding;
  const { verdict: _, ...rest } = finding;
  return { ...rest, level: 'warning' };
}
