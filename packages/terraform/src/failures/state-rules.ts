import { join } from 'node:path';
import { quote } from '@suite/foundation';
import { readAzureFault } from './azure-fault.ts';
import { problem, type Rule, who } from './context.ts';
import { describeLock, readLock } from './lock.ts';

const lockHeld: Rule = ({ text, diagnostic, context }) => {
  if (diagnostic.summary !== 'Error acquiring the state lock') return undefined;
  const lock = readLock(text);
  if (lock === undefined && readAzureFault(text) !== undefined) return undefined;
  const { backend, now } = context;
  return { kind: 'problem', problem: describeLock({ backend, lock, holder: undefined, now }) };
};

const lockNotReleased: Rule = ({ text, diagnostic, context: { backend } }) =>
  diagnostic.summary === 'Error releasing the state lock'
    ? problem(
        `The lock of the state ${backend.container}/${backend.key} in ${backend.account} could not be released properly: ${quote(/Error message: ([^\n]*)/.exec(text)?.[1] ?? text)}`,
        'If the next run finds the state locked, it says how to release it.',
      )
    : undefined;

const stateNotSaved: Rule = ({ text, diagnostic, context }) => {
  if (diagnostic.summary !== 'Failed to save state') return undefined;
  const { account, container, key } = context.backend;
  const fault = readAzureFault(text);
  if (fault?.status === 412) {
    return problem(
      `The state ${container}/${key} in ${account} could not be written: somebody else released this run's lock while it worked (${fault.code}).`,
      'Find out who unlocked it before anything else is applied.',
    );
  }
  if (fault?.status === 403) {
    return problem(
      `${who(context)} may not write the state ${container}/${key} in ${account}: ${quote(`${fault.code}: ${fault.message}`)}`,
      fault.code === 'AuthorizationFailure' ? firewall(account) : blobRole(account),
    );
  }
  return problem(
    `The state ${container}/${key} in ${account} could not be written: ${quote(diagnostic.detail || text)}`,
  );
};

const stateLeftInFile: Rule = ({ diagnostic, context }) => {
  if (diagnostic.summary !== 'Failed to persist state to backend') return undefined;
  const file = join(context.directory, 'errored.tfstate');
  return problem(
    `What this apply did is recorded nowhere but in the file ${file}.`,
    `Save that file before the runner is gone, and apply nothing until it is stored. Once the cause is removed, run \`${context.engine.command} state push errored.tfstate\` in ${context.directory}.`,
  );
};

/** A state is read by every Terraform that knows its form, and each resource by every provider that knows its. */
const newerState: Rule = ({ text, diagnostic, context: { backend } }) => {
  const state = `The state ${backend.container}/${backend.key} in ${backend.account}`;
  const form = /Unsupported state file format: .*?format\s+version\s+\d+/s.exec(text);
  if (form !== null) {
    const by = /created\s+by\s+Terraform\s+(\d[\w.+-]*\w)/.exec(text)?.[1];
    return problem(
      `${state} was written by a newer Terraform${by === undefined ? '' : ` (${by})`} in a form that the one here cannot read. Nothing was touched.`,
      `Put ${by === undefined ? 'that version' : `Terraform ${by}`} or a newer one on PATH of the runner: it is taken before the one that this action brings.`,
    );
  }
  if (diagnostic.summary !== 'Resource instance managed by newer provider version') return undefined;
  return problem(
    `${state} holds what a newer version of its provider has written: ${quote(diagnostic.detail || text)} Nothing was touched.`,
    "Go back to the release of this action that wrote it, or raise the version in a root of your own. A state is not edited, and no provider reads a newer one's.",
  );
};

const stalePlan: Rule = ({ diagnostic }) =>
  /^Saved plan (?:is stale|does not match the given state)$/.test(diagnostic.summary)
    ? problem(
        'Nothing was applied: the state was changed by another operation after this plan was made.',
        'Plan again, review the new plan, and apply that one.',
      )
    : undefined;

const erroredPlan: Rule = ({ diagnostic }) =>
  diagnostic.summary === 'Cannot apply incomplete plan'
    ? problem(
        'Nothing was applied: this plan is incomplete because planning failed.',
        'Remove the cause that the plan named, plan again, and apply that one.',
      )
    : undefined;

const backendRefuses: Rule = ({ text, context }) => {
  if (
    !/Failed to get existing workspaces|listing blobs|retrieving container|Storage API|blob\.(?:core|storage)\./.test(
      text,
    )
  ) {
    return undefined;
  }
  const fault = readAzureFault(text);
  if (fault === undefined) return undefined;
  const { account, container } = context.backend;
  if (fault.code === 'ContainerNotFound') {
    return problem(
      `The state container ${container} does not exist in the storage account ${account}.`,
      `Create it with \`az storage container create --auth-mode login --account-name ${account} --name ${container}\`, or correct platform.lock.yaml.`,
    );
  }
  // Azure says AuthorizationFailure where the network rules refuse, and AuthorizationPermissionMismatch where a role is missing.
  if (fault.code === 'AuthorizationFailure') {
    return problem(`The storage account ${account} refuses this runner: ${quote(fault.message)}`, firewall(account));
  }
  if (fault.status === 403 || fault.status === 401) {
    return problem(
      `${who(context)} may not use the state container ${container} in ${account}: ${quote(`${fault.code}: ${fault.message}`)}`,
      blobRole(account),
    );
  }
  return problem(
    `The state storage ${account} answered ${fault.status ?? 'an error'}: ${quote(`${fault.code}: ${fault.message}`)}`,
    'Run it again; look at the health of the storage account if it persists.',
  );
};

function firewall(account: string): string {
  return `Let the runner's network through the firewall of ${account}, or use a runner inside its network.`;
}

function blobRole(account: string): string {
  return `Give it "Storage Blob Data Contributor" (to plan: "Storage Blob Data Reader") on ${account}; a new assignment takes some minutes to work.`;
}

export const stateRules: readonly Rule[] = [
  newerState,
  lockHeld,
  lockNotReleased,
  stateNotSaved,
  stateLeftInFile,
  stalePlan,
  erroredPlan,
  backendRefuses,
];
