import { quote, term } from '@suite/foundation';
import { type AzureFault, readAzureFault, readSubject } from './azure-fault.ts';
import { type FailureContext, type Finding, problem, type Rule, type Verdict, who } from './context.ts';

const signIn: Rule = ({ text, context }) =>
  /AADSTS\d+/.test(text) ? { kind: 'problem', problem: context.explainSignIn(text) } : undefined;

const alreadyExists: Rule = ({ text, diagnostic, context }) => {
  const id = /a resource with the ID "([^"]+)" already exists/.exec(text)?.[1];
  if (id === undefined) return undefined;
  const address = term(diagnostic.address ?? 'the resource');
  // Nobody has the state of a pipeline at hand, and a state is changed by plans alone.
  const adopt =
    context.own?.root === undefined
      ? 'Plan again: the plan names it, and `adopt` under `allow:` takes it over.'
      : `Take it over with a block \`import\` in ${term(context.own.root)}, \`to = ${address}\` and \`id = "${term(id)}"\`, and plan again.`;
  return problem(
    `${address} cannot be created: ${term(id)} exists already in Azure, and the state does not record it. An apply that was stopped or failed may have left it.`,
    `${adopt} Or delete it with \`az resource delete --ids ${shellWord(term(id))}\`, then run this again.`,
  );
};

const answered: Rule = finding => {
  const fault = readAzureFault(finding.text);
  if (fault === undefined) return undefined;
  for (const explain of [operationFailed, quota, notAuthorised, policy, busy, throttled, broken]) {
    const verdict = explain(finding, fault);
    if (verdict !== undefined) return verdict;
  }
  return problem(`${thing(finding)}: Azure answered ${fault.status}: ${quote(words(fault))}`);
};

type Explain = (finding: Finding, fault: AzureFault) => Verdict | undefined;

const operationFailed: Explain = (finding, fault) => {
  if (!fault.operation) return undefined;
  const { diagnostic, resources } = finding;
  const creating = resources.some(run => run.address === diagnostic.address && run.action === 'create');
  return problem(
    `${thing(finding)}: Azure accepted the request, but the operation failed: ${quote(words(fault))}${
      creating ? ' It may exist in Azure now, and the state does not record it.' : ''
    }`,
    creating
      ? 'Look at it in Azure. If it exists, the next apply names its id and how to adopt or delete it.'
      : 'Remove the cause and run this again.',
  );
};

const quota: Explain = (finding, fault) => {
  if (!/quota/i.test(fault.code) && !/\bquota\b/i.test(fault.message)) return undefined;
  const facts = readQuota(fault.message);
  const remedy =
    'Ask for more in the Azure portal under Quotas, or choose another size, region or smaller `max` in the platform file.';
  return facts === undefined
    ? problem(`${thing(finding)}: a quota is exhausted: ${quote(fault.message)}`, remedy)
    : problem(
        `${thing(finding)}: the vCPU quota for ${facts.family} in ${facts.region} leaves ${facts.remaining}, and ${facts.needed} are needed.`,
        remedy,
      );
};

interface Quota {
  readonly family: string;
  readonly region: string;
  readonly remaining: number;
  readonly needed: number;
}

/** The two forms Azure uses: AKS's own check (recorded), and the compute service's (its documented text). */
export function readQuota(message: string): Quota | undefined {
  const aks = /requested (\d+), remaining (\d+) for family (\S+) for region (\w+)/i.exec(message);
  if (aks !== null) {
    return {
      needed: Number(aks[1]),
      remaining: Number(aks[2]),
      family: term(aks[3] ?? ''),
      region: term(aks[4] ?? ''),
    };
  }
  const compute =
    /exceeding approved (.+?) (?:Cores )?quota[\s\S]*Location: (\w+), Current Limit: (\d+), Current Usage: (\d+), Additional Required: (\d+)/i.exec(
      message,
    );
  if (compute === null) return undefined;
  return {
    needed: Number(compute[5]),
    remaining: Number(compute[3]) - Number(compute[4]),
    family: term(compute[1] ?? ''),
    region: term(compute[2] ?? ''),
  };
}

const notAuthorised: Explain = (finding, fault) => {
  if (fault.status !== 403 || fault.code === 'RequestDisallowedByPolicy') return undefined;
  const right = readMissingRight(fault.message);
  if (right === undefined) {
    return problem(
      `${who(finding.context)} is refused by Azure for ${subject(finding)}: ${quote(words(fault))}`,
      'Give it a role that allows this.',
    );
  }
  const where = right.scope === undefined ? `for ${subject(finding)}` : `on ${right.scope}`;
  return problem(
    `${who(finding.context)} may not perform \`${right.action}\` ${where}.`,
    `${slipOf(right.scope, finding.context)}Give it a role with this action on that scope or above; a new assignment takes some minutes to work.`,
  );
};

/** In files of a team's own an id may have been copied from elsewhere, and then a role there would be the wrong way out. */
function slipOf(scope: string | undefined, { own }: FailureContext): string {
  const [, subscription] = /^\/subscriptions\/([^/]+)/i.exec(scope ?? '') ?? [];
  const works = own?.subscription;
  if (subscription === undefined || works === undefined || subscription.toLowerCase() === works.toLowerCase())
    return '';
  return `That is another subscription than ${works}: if an \`import\` block of yours, or another id in your files, is meant to be of that one, correct it. Else: `;
}

/** The action and the scope that Azure says are missing (AuthorizationFailed, LinkedAuthorizationFailed). */
function readMissingRight(message: string): { action: string; scope: string | undefined } | undefined {
  const match =
    /does not have (?:authorization|permission) to perform action(?:\(s\))? '([^']+)'(?: (?:over scope|on the linked scope\(s\)) '([^']+)')?/.exec(
      message,
    );
  if (match === null) return undefined;
  return { action: term(match[1] ?? ''), scope: match[2] === undefined ? undefined : term(match[2]) };
}

const policy: Explain = (finding, fault) =>
  fault.code === 'RequestDisallowedByPolicy'
    ? problem(
        `${thing(finding)}: a policy of your organisation forbids it: ${quote(fault.message)}`,
        'Ask the owners of the policy for an exemption, or change the platform file so that it complies.',
      )
    : undefined;

const busy: Explain = (finding, fault) =>
  fault.status === 409
    ? problem(
        `${thing(finding)}: Azure refuses it as things stand (${term(fault.code)}): ${quote(fault.message)}`,
        'If another operation is running, wait until it is over; then run this again.',
      )
    : undefined;

const throttled: Explain = (finding, fault) =>
  fault.status === 429
    ? problem(`${thing(finding)}: Azure kept throttling the requests: ${quote(words(fault))}`, 'Run it again later.')
    : undefined;

const broken: Explain = (finding, fault) =>
  (fault.status ?? 0) >= 500
    ? problem(
        `${thing(finding)}: Azure kept failing with ${fault.status}: ${quote(words(fault))}`,
        'Run it again; see status.azure.com if it persists.',
      )
    : undefined;

function words({ code, message }: AzureFault): string {
  return code === '' ? message : `${code}: ${message}`;
}

function subject({ text, diagnostic }: Finding): string {
  return term(readSubject(text) ?? diagnostic.address ?? 'this request');
}

function thing(finding: Finding): string {
  return term(finding.diagnostic.address ?? readSubject(finding.text) ?? finding.context.command);
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export const azureRules: readonly Rule[] = [signIn, alreadyExists, answered];
