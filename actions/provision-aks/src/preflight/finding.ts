import type { Check } from '@suite/change-report';
import type { Answer } from './ports.ts';

/** What a question of preflight is called: the end of its checks' ids, and what holds when all is well. */
export interface Topic {
  readonly id: string;
  readonly name: string;
}

export interface Detail {
  readonly remedy?: string;
  /** The line of the platform file, below a layer: `cluster.pools.gpu.size`. */
  readonly setting?: string;
}

/** `part` tells several checks of one topic apart. */
export function finding(
  { id, name }: Topic,
  status: Check['status'],
  message: string,
  { remedy, setting }: Detail = {},
  part = '',
): Check {
  return {
    id: `preflight/${id}${part === '' ? '' : `/${part}`}`,
    name,
    status,
    message,
    ...(remedy === undefined ? {} : { remedy }),
    ...(setting === undefined ? {} : { setting }),
  };
}

/** One check per reason why answers are missing, however many are: the same right is often missing for all. */
export function openQuestions(topic: Topic, answers: readonly Answer<unknown>[], detail: Detail = {}): Check[] {
  const open = new Map(answers.flatMap(answer => (answer.known ? [] : [[answer.why, answer] as const])));
  return [...open.values()].map(({ why, remedy = detail.remedy }, index) =>
    finding(
      topic,
      'unknown',
      why,
      { ...detail, ...(remedy === undefined ? {} : { remedy }) },
      index === 0 ? 'unknown' : `unknown-${index}`,
    ),
  );
}

/** The findings, or the one sentence that all is well. */
export function orPassed(topic: Topic, checks: readonly Check[], message: string): readonly Check[] {
  return checks.length === 0 ? [finding(topic, 'passed', message)] : checks;
}
