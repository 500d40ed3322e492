import { cp, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { count } from '@suite/foundation';
import type { ArtifactView } from '../ports.ts';
import { nameMatcher } from './glob.ts';
import { flag, type Inputs, type StandIn, type StandInJob } from './stand-in.ts';

/** `actions/download-artifact` since v4, of this run or, with a token, of another run of the same repository. */
export const downloadArtifact: StandIn = {
  inputs: ['name', 'path', 'pattern', 'merge-multiple', 'github-token', 'repository', 'run-id'],
  run: async (inputs, job) => {
    const { log, workspace } = job;
    const folder = resolve(workspace, inputs['path'] ?? '');
    const name = inputs['name'] ?? '';
    const all = artifactsFor(inputs, job);
    await mkdir(folder, { recursive: true });
    if (name !== '') {
      const artifact = all.find(each => each.name === name);
      if (artifact === undefined) throw failure(`Artifact not found for name: ${name}`);
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

/**
 * Without a token the real one takes no notice of `run-id` and `repository` and looks into its own run; with one it asks
 * GitHub's API, which wants `actions: read` even for the own run (download-artifact.ts, `options.findBy`).
 */
function artifactsFor(inputs: Inputs, job: StandInJob): readonly ArtifactView[] {
  const { artifacts, permissions, uses, request, runId } = job;
  const token = inputs['github-token'] ?? '';
  if (token === '') return artifacts.list();
  const repository = inputs['repository'] || request.repository;
  if (!/^[^/]+\/[^/]+/.test(repository)) {
    throw failure(`Invalid repository: '${repository}'. Must be in format owner/repo`);
  }
  if (repository.toLowerCase() !== request.repository.toLowerCase()) {
    throw new Error(
      `The sandbox's stand-in for actions/download-artifact plays the run's own repository only, not ${repository}.`,
    );
  }
  if (token !== job.token) {
    throw new Error("The sandbox's stand-in for actions/download-artifact knows no `github-token` but the job's own.");
  }
  if (permissions.actions === undefined) throw failure('Resource not accessible by integration');
  uses({ actions: 'read' });
  const found = job.artifactsOf(inputs['run-id'] || runId);
  if (found === undefined) throw failure('Not Found');
  return found;
}

function failure(message: string): Error {
  return new Error(`Unable to download artifact(s): ${message}`);
}
