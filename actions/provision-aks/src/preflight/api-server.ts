import type { Check } from '@suite/change-report';
import { printable, shorten } from '@suite/foundation';
import { finding, openQuestions, type Topic } from './finding.ts';
import type { Answer } from './ports.ts';

const topic: Topic = { id: 'api-server', name: 'The API server can be reached from this runner' };

/** What trying to connect came to: undefined when it was reached, else why not. */
export interface ReachFacts {
  readonly host: string;
  readonly answer: Answer<string | undefined>;
}

/** Only of a private cluster that is there. Terraform does without it; whatever is deployed into it does not. */
export function judgeReach(facts: ReachFacts | undefined, runner: string): readonly Check[] {
  if (facts === undefined) return [];
  const { host, answer } = facts;
  if (!answer.known) return openQuestions(topic, [answer]);
  if (answer.value === undefined) return [finding(topic, 'passed', `${host} answers.`)];
  const why = shorten(printable(answer.value), 300);
  return [
    finding(topic, 'warning', `${host} cannot be reached from the runner \`${runner}\`: ${why}.`, {
      remedy:
        'Use a runner inside of its network, or link its private DNS zone to the runner\u2019s network and peer the two; HTTPS_PROXY and NO_PROXY of the runner count.',
      setting: 'runner',
    }),
  ];
}
