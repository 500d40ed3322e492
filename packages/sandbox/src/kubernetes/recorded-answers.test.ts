import { describe, expect, test } from '@jest/globals';
import recorded from './fixtures/recorded-answers.json' with { type: 'json' };
import { apiCases } from './testing/cases.ts';
import { startTestCluster } from './testing/cluster.ts';
import { ask } from './testing/recorded.ts';

/** What the real API server 1.34.4 answered: test/reality/kubernetes/small-cluster.test.ts asks it again. */
const answers = recorded as Readonly<Record<string, unknown>>;

describe('the small API server answers as the real one', () => {
  const cluster = startTestCluster();

  test.each(apiCases.map(one => [`${one.method} ${one.path.split('?')[0]}: ${one.name}`, one] as const))(
    '%s',
    async (name, one) => {
      if (one.name === 'until it is established') await cluster.pass(1000);
      expect(await ask(cluster.answer, one)).toEqual(answers[name]);
    },
  );
});
