import { createHash } from 'node:crypto';
import { cp, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { count } from '@suite/foundation';
import { findFiles } from './glob.ts';
import { flag, type StandIn } from './stand-in.ts';

const forbidden: ReadonlyMap<string, string> = new Map([
  ['"', ' Double quote "'],
  [':', ' Colon :'],
  ['<', ' Less than <'],
  ['>', ' Greater than >'],
  ['|', ' Vertical bar |'],
  ['*', ' Asterisk *'],
  ['?', ' Question mark ?'],
  ['\r', ' Carriage return \\r'],
  ['\n', ' Line feed \\n'],
  ['\\', ' Backslash \\'],
  ['/', ' Forward slash /'],
]);

/** `actions/upload-artifact` since v4: artifacts cannot be changed, and a name is given once in an attempt. */
export const uploadArtifact: StandIn = {
  inputs: [
    'name',
    'path',
    'if-no-files-found',
    'overwrite',
    'retention-days',
    'compression-level',
    'include-hidden-files',
  ],
  run: async (inputs, { artifacts, attempt, log, request, runId, workspace }) => {
    const name = inputs['name'] || 'artifact';
    const path = inputs['path'] ?? '';
    if (path === '') throw new Error('Input required and not supplied: path');
    for (const [character, description] of forbidden) {
      if (name.includes(character)) {
        throw new Error(`The artifact name is not valid: ${name}. Contains the following character: ${description}`);
      }
    }
    if (name === '.' || name === '..') {
      throw new Error(`The sandbox plays no artifact named '${name}': a download has to give it a folder of its name.`);
    }
    checkRetention(inputs['retention-days'] ?? '');
    const { files, root } = await findFiles(path, workspace, flag(inputs, 'include-hidden-files', false));
    if (files.length === 0) return nothing(inputs['if-no-files-found'] || 'warn', path, log.say);

    const artifact = await artifacts.create(name, attempt, flag(inputs, 'overwrite', false));
    if (artifact === undefined) {
      throw new Error(
        'Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists on the workflow run',
      );
    }
    const digest = createHash('sha256');
    for (const file of files) {
      const inside = relative(root, file);
      await cp(file, join(artifact.folder, inside), { dereference: true });
      digest.update(`${inside}\0`).update(await readFile(file));
    }
    log.print(
      `Artifact ${name} has been successfully uploaded with ${count(files.length, 'file')}. Artifact ID ${artifact.id}.`,
    );
    return {
      'artifact-id': artifact.id,
      'artifact-url': `https://github.com/${request.repository}/actions/runs/${runId}/artifacts/${artifact.id}`,
      'artifact-digest': digest.digest('hex'),
    };
  },
};

function checkRetention(days: string): void {
  if (days === '' || (/^\d+$/.test(days) && Number(days) <= 400)) return;
  throw new Error(`Invalid retention-days: '${days}'.`);
}

function nothing(behaviour: string, path: string, say: (level: 'warning', message: string) => void) {
  const message = `No files were found with the provided path: ${path}. No artifacts will be uploaded.`;
  if (behaviour === 'error') throw new Error(message);
  if (behaviour === 'warn') say('warning', message);
  else if (behaviour !== 'ignore') {
    throw new Error(
      `Unrecognized if-no-files-found input. Provided: ${behaviour}. Available options: warn,error,ignore`,
    );
  }
  return {};
}
