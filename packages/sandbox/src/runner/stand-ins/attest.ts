import { createHash } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { findFiles } from './glob.ts';
import { flag, type StandIn } from './stand-in.ts';

/** `actions/attest` since v4, of files and without a predicate of one's own: the provenance of the run. */
export const attest: StandIn = {
  inputs: ['subject-path', 'show-summary', 'github-token'],
  run: async (inputs, job) => {
    const path = inputs['subject-path'] ?? '';
    if (path === '') throw new Error('One of subject-path, subject-digest, or subject-checksums must be provided');
    flag(inputs, 'show-summary', true);
    if (job.permissions['id-token'] !== 'write') {
      throw new Error(
        'Failed to get ID token: missing "id-token" permission. Please add "permissions: id-token: write" to your workflow.',
      );
    }
    const { files } = await findFiles(path, job.workspace, true);
    if (files.length === 0) throw new Error(`Could not find subject at path ${path}`);
    const subject = await Promise.all(
      files.map(async file => ({
        name: basename(file),
        digest: {
          sha256: createHash('sha256')
            .update(await readFile(file))
            .digest('hex'),
        },
      })),
    );
    const bundle = await job.host.attest(job.identity, provenanceOf(job, subject));
    if (job.permissions.attestations !== 'write') {
      throw new Error('Failed to persist attestation: Resource not accessible by integration');
    }
    job.uses({ 'id-token': 'write', attestations: 'write' });
    const file = join(await mkdtemp(join(job.temp, 'attest-')), 'attestation.json');
    await writeFile(file, `${JSON.stringify(bundle)}\n`);
    for (const { name, digest } of subject) {
      job.log.print(`Attestation created for ${name}@sha256:${digest.sha256}`);
    }
    return { 'bundle-path': file };
  },
};

type Job = Parameters<StandIn['run']>[1];

function provenanceOf({ identity, runId, attempt }: Job, subject: object): object {
  const repository = `https://github.com/${identity.repository}`;
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject,
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: { workflow: { ref: identity.ref, repository, path: identity.workflowRef } },
        resolvedDependencies: [{ uri: `git+${repository}@${identity.ref}`, digest: { gitCommit: identity.sha } }],
      },
      runDetails: { metadata: { invocationId: `${repository}/actions/runs/${runId}/attempts/${attempt}` } },
    },
  };
}
