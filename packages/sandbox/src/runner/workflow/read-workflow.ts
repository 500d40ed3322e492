import { asMapping, entriesOf, fieldsOf, namedOf, optionalText } from './fields.ts';
import type { Workflow } from './model.ts';
import type { Node } from './node.ts';
import { parseYaml } from './parse-yaml.ts';
import { checkNeeds } from './read-graph.ts';
import { readJob } from './read-job.ts';
import { readConcurrency, readPermissions } from './read-shared.ts';
import { readTriggers } from './read-triggers.ts';

/** A workflow file as the runner runs it. Throws {@link WorkflowError} for what is wrong and for what it does not support. */
export async function readWorkflow(path: string, text: string): Promise<Workflow> {
  return readTree(path, await parseYaml(path, text));
}

function readTree(path: string, tree: Node): Workflow {
  const known = ['name', 'description', 'on', 'env', 'permissions', 'concurrency', 'jobs'];
  const fields = fieldsOf(tree, 'the workflow', known);
  const permissions = fields.get('permissions');
  const concurrency = fields.get('concurrency');
  const jobs = entriesOf(fields.get('jobs'), 'jobs').map(({ key, place, value }) => readJob(key, place, value));
  checkNeeds(jobs, asMapping(tree, 'the workflow').place);
  return {
    path,
    name: optionalText(fields.get('name'), 'name'),
    ...readTriggers(fields.get('on')),
    env: namedOf(fields.get('env'), 'env'),
    permissions: permissions === undefined ? undefined : readPermissions(permissions, 'permissions'),
    concurrency: concurrency === undefined ? undefined : readConcurrency(concurrency, 'concurrency'),
    jobs,
  };
}
