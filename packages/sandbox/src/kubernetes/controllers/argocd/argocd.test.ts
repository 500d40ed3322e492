import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fields } from '../../objects.ts';
import recorded from './fixtures/recorded-applications.json' with { type: 'json' };
import { argoCases, comparable } from './testing/cases.ts';
import { type ArgoCluster, memoryRepository, repository, sandboxDriver, startArgoCluster } from './testing/driver.ts';

/** Answers of the real Argo CD: `RECORD=1` with test/reality/argocd writes them anew. */
describe('as the real Argo CD', () => {
  let cluster: ArgoCluster;
  const remote = memoryRepository();
  beforeEach(async () => {
    cluster = await startArgoCluster(remote);
  });
  afterEach(() => cluster.close());

  test.each(argoCases.map((one, index) => ({ ...one, application: `app-${index}` })))(
    '$name',
    async ({ name, play, application }) => {
      const commits: string[] = [];
      const driver = sandboxDriver(cluster, {
        ...remote,
        commit: files => {
          const commit = remote.commit(files);
          commits.push(commit);
          return commit;
        },
      });
      const found = await play(driver, application);
      expect(comparable(found, commits, repository, application)).toEqual((recorded as Fields)[name]);
    },
  );
});
