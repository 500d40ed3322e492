import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from '../live/client.ts';
import { type Place, type Proof, proofs, prove, renderVerdicts } from '../live/proofs.ts';
import { distribution, needs, type RunningPeer, startPeer } from '../support/peers.ts';

/** What a user runs against a registry of Azure holds for CNCF distribution, too, as far as it is not Azure's own. */
(distribution.path === undefined ? describe.skip : describe)(`proofs against ${needs(distribution)}`, () => {
  let folder: string;
  let registry: RunningPeer;
  let place: Place;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proofs-'));
    registry = await startPeer(distribution, [folder]);
    const client = createClient({ address: `http://${registry.firstLine}`, authorize: async () => undefined });
    place = { client, repository: 'proof/one', other: 'proof/two', importImage: undefined };
  });

  afterAll(async () => {
    await registry?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const named = ({ name }: Proof) => name;

  test.each(proofs.filter(({ isAzures }) => !isAzures).map(proof => [named(proof), proof] as const))(
    '%s',
    async (_, proof) => {
      const [verdict] = await prove(place, [proof]);
      expect(verdict).toMatchObject({ is: 'proven' });
    },
  );

  test('what is Azure’s own is not proven there, and says what was seen', async () => {
    const verdicts = await prove(
      place,
      proofs.filter(({ isAzures }) => isAzures),
    );
    expect(verdicts.map(({ is }) => is)).toEqual(verdicts.map(() => 'not proven'));
    expect(renderVerdicts(verdicts)).toMatch(/referrers\/sha256:[0-9a-f]{64}: 404/);
    expect(renderVerdicts(verdicts)).toMatch(/no answer had such a header/);
  });
});
