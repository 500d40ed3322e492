import { sentenceList } from '@suite/foundation';
import type { DaemonFacts, NodeRequirement } from './facts.ts';

/** `open`: it depends on labels that nobody has set so far. */
export type Match = 'yes' | 'no' | 'open';

/** Whether nodes with these labels, and perhaps more, are ones that a required node affinity wants. */
export function matchAffinity(affinity: DaemonFacts['affinity'], labels: Readonly<Record<string, string>>): Match {
  if (affinity === undefined) return 'yes';
  const terms = affinity.map(parts => matchTerm(parts, labels));
  return terms.find(match => match === 'yes') ?? terms.find(match => match === 'open') ?? 'no';
}

/** A term without a part holds for no node (k8s.io/api/core/v1, NodeSelectorTerm). */
function matchTerm(parts: readonly NodeRequirement[], labels: Readonly<Record<string, string>>): Match {
  const matches = parts.map(part => matchPart(part, labels[part.key]));
  if (parts.length === 0 || matches.includes('no')) return 'no';
  return matches.includes('open') ? 'open' : 'yes';
}

function matchPart({ operator, values }: NodeRequirement, value: string | undefined): Match {
  const isWanted = (wanted: boolean): Match => (wanted ? 'yes' : 'no');
  switch (operator) {
    case 'In':
      return value === undefined ? 'open' : isWanted(values.includes(value));
    case 'NotIn':
      return isWanted(value === undefined || !values.includes(value));
    case 'Exists':
      return value === undefined ? 'open' : 'yes';
    case 'DoesNotExist':
      return isWanted(value === undefined);
    default:
      return 'open';
  }
}

/** `a in (b, c) and d exists, or e in (f)` */
export function writeAffinity(affinity: NonNullable<DaemonFacts['affinity']>): string {
  return affinity.map(parts => sentenceList(parts.map(writePart))).join(', or ');
}

function writePart({ key, operator, values }: NodeRequirement): string {
  return `${key} ${operator}${values.length === 0 ? '' : ` (${values.join(', ')})`}`;
}
