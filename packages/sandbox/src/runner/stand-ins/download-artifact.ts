import { cp, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { count } from '@suite/foundation';
import { nameMatcher } from './glob.ts';
import { flag, type StandIn } from './stand-in.ts';

/** `actions/download-artifact` since v4, of the same run. */
export const downloadArtifact: StandIn = {
  inputs: ['name', 'path', 'pattern', 'merge-multiple'],
  run: async (inputs, { artifacts, log, workspace }) => {
    const folder = resolve(workspace, inputs['path'] ?? '');
    const name = inputs['name'] ?? '';
    const all = artifacts.list();
    await mkdir(folder, { recursive: true });
    if (name !== '') {
      const artifact = all.find(each => each.name === name);
      if (artifact === undefined) {
        throw new Error(`Unable to download artifact(s): Artifact not found for name: ${name}`);
      }
      await cp(artifact.folder, folder, { recursive: true });
    } else {
      const pattern = inputs['pattern'] ?? '';
      const matches = pattern === '' ? () => true : nameMatcher(pattern);
      const found = all.filter(artifact => matches(artifact.name));
      const isMerged = flag(inputs, 'merge-multiple', false);
      // The real one too gives a single match no folder of its own (v8, `artifacts.length === 1`).
      const isFlat = isMerged || found.length === 1;
      for (const artifact of found) {
        await cp(artifact.folder, isFlat ? folder : join(folder, artifact.name), { recursive: true });
      }
      log.print(`Total of ${count(found.length, 'artifact')} downloaded`);
    }
    return { 'download-path': folder };
  },
};
