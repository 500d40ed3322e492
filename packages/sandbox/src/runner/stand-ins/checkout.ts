import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { flag, type StandIn } from './stand-in.ts';

/** `actions/checkout`: the files of a commit of the run's own repository. Credentials are never left behind. */
export const checkout: StandIn = {
  inputs: ['ref', 'path', 'persist-credentials', 'fetch-depth'],
  run: async (inputs, { host, request, permissions, uses, workspace, log }) => {
    flag(inputs, 'persist-credentials', true);
    const depth = inputs['fetch-depth'] ?? '';
    if (!/^\d*$/.test(depth)) throw new Error(`fetch-depth must be a number, not '${depth}'.`);
    if (permissions.contents === undefined) {
      throw new Error(
        `The job's token may not read ${request.repository}: give the job \`permissions: contents: read\`.`,
      );
    }
    uses({ contents: 'read' });
    const folder = resolve(workspace, inputs['path'] ?? '');
    if (relative(workspace, folder).startsWith('..')) {
      throw new Error(`Repository path '${folder}' is not under '${workspace}'`);
    }
    const ref = inputs['ref'] ?? '';
    const sha = ref === '' ? request.sha : await host.resolveRef(request.repository, ref);
    if (sha === undefined) {
      throw new Error(`A branch or tag with the name '${ref}' could not be found`);
    }
    await empty(folder);
    await host.checkout(request.repository, sha, folder);
    log.print(`Checked out ${request.repository} at ${sha}`);
    return { ref: ref === '' ? request.ref : ref, commit: sha };
  },
};

async function empty(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all((await readdir(folder)).map(name => rm(join(folder, name), { recursive: true, force: true })));
}
