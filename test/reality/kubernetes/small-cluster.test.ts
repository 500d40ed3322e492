import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUpstream, type Upstream } from '@suite/sandbox';
import { apiCases } from '../../../packages/sandbox/src/kubernetes/testing/cases.ts';
import { ask, type Recorded } from '../../../packages/sandbox/src/kubernetes/testing/recorded.ts';
import {
  controlPlaneNeeds,
  hasControlPlane,
  type RunningControlPlane,
  startControlPlane,
} from '../../support/control-plane.ts';

/**
 * What the sandbox's small cluster is held to: its unit test puts the same cases to it, and compares with the same record.
 * `RECORD=1` writes the record anew.
 */
const file = join(import.meta.dirname, '../../../packages/sandbox/src/kubernetes/fixtures/recorded-answers.json');

let control: RunningControlPlane;
let upstream: Upstream;

(hasControlPlane ? describe : describe.skip)(`the record of ${controlPlaneNeeds}`, () => {
  beforeAll(async () => {
    control = await startControlPlane({ nodes: [] });
    upstream = createUpstream({ url: control.url, ca: control.caCertificate, ...control.frontProxy });
  });
  afterAll(() => control?.stop());

  test('the real API server answers every case as the record says', async () => {
    const answers: Record<string, Recorded> = {};
    for (const one of apiCases) {
      const name = `${one.method} ${one.path.split('?')[0]}: ${one.name}`;
      if (one.name === 'until it is established') {
        await control.api.until(one.path, object => JSON.stringify(object).includes('"InitialNamesAccepted"'));
      }
      answers[name] = await ask(upstream, one);
    }
    if (process.env['RECORD'] === '1') {
      const lines = Object.entries(answers).map(
        ([name, answer]) => `${JSON.stringify(name)}:${JSON.stringify(answer)}`,
      );
      await writeFile(file, `{\n${lines.join(',\n')}\n}\n`);
    }
    expect(answers).toEqual(JSON.parse(await readFile(file, 'utf8')));
  });
});
