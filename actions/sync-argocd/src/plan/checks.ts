import type { Check } from '@suite/change-report';
import { count, sentenceList, shortList } from '@suite/foundation';
import { isSecret } from '@suite/kubernetes/compare';
import type { ApplicationPlan, PlanInput } from './model.ts';

/** What people should know of a plan beside its changes. */
export function checkPlan(plans: readonly ApplicationPlan[], input: PlanInput): Check[] {
  return [
    ...clusterChecks(plans, input),
    ...input.head.problems.map(({ subject, reason }) => notRendered(subject, subject, reason)),
    ...plans.flatMap(plan => [...ofApplication(plan, input)]),
  ];
}

function clusterChecks(plans: readonly ApplicationPlan[], { live, isHere, base }: PlanInput): Check[] {
  if (!live.isKnown) {
    return [
      {
        id: 'application/cluster',
        name: 'What runs in the cluster is known',
        status: 'unknown',
        message:
          'The cluster could not be read, or is not there yet: what is rendered is compared with the base commit alone.',
      },
    ];
  }
  const away = plans.filter(({ rendered }) => !isHere(rendered.application.destination)).map(({ name }) => name);
  const secrets = base === undefined ? plans.flatMap(({ rendered }) => rendered.objects.filter(isSecret)) : [];
  const [first] = live.unreadable.values();
  const found: (Check | undefined)[] = [
    away.length === 0
      ? undefined
      : {
          id: 'application/elsewhere',
          name: 'What runs is compared where the applications go',
          status: 'unknown',
          message: `${listed(away)} ${away.length === 1 ? 'goes' : 'go'} to another cluster: compared with the base commit alone.`,
        },
    secrets.length === 0
      ? undefined
      : {
          id: 'application/secrets',
          name: 'Secrets are compared',
          status: 'unknown',
          message: `${count(secrets.length, 'Secret')} could not be compared: there is no base commit, and no Secret is read from the cluster.`,
        },
    first === undefined
      ? undefined
      : {
          id: 'application/rights',
          name: 'The plan may read what runs',
          status: 'unknown',
          message: `${count(live.unreadable.size, 'object')} could not be compared: ${first}`,
          remedy: 'The first apply of a cluster makes the role `aks-platform-plan-reader` for the plan identity.',
        },
  ];
  return found.flatMap(check => check ?? []);
}

function notRendered(id: string, subject: string, reason: string): Check {
  return {
    id: `application/${id}/rendered`,
    name: `${subject} can be rendered`,
    status: 'unknown',
    message: `Not rendered: ${reason}`,
  };
}

function* ofApplication(plan: ApplicationPlan, input: PlanInput): Generator<Check> {
  const { name, rendered, action, blocked, loose, stays, confirmations } = plan;
  const { application, problem } = rendered;
  const id = (what: string) => `application/${name}/${what}`;
  if (problem !== undefined) {
    yield notRendered(name, name, problem);
    return;
  }
  if (action !== 'delete') yield* projectChecks(plan, input);
  if (blocked.length > 0) {
    yield {
      id: id('immutable'),
      name: `${name} changes only what can be changed`,
      status: 'blocked',
      message: `The API server refuses this change of ${listed(blocked)}: a field of it cannot be changed.`,
      remedy:
        'Keep the value as it is, give the object another name, or set its sync options `Force=true,Replace=true`, which deletes it and makes it anew.',
    };
  }
  // Nobody has to be warned once more of an application that stays as it is.
  if (action === 'none') return;
  const closed = input.closed(application);
  if (closed !== undefined) {
    yield {
      id: id('window'),
      name: `${name} may be synced`,
      status: 'warning',
      message: `A sync window is closed now: ${closed}.`,
      remedy: 'The sync waits for nobody: run it when the window is open.',
    };
  }
  if (loose.length > 0) {
    yield {
      id: id('images'),
      name: `Images of ${name} are named by their digests`,
      status: 'warning',
      message: `${listed(loose.map(image => `\`${image}\``))} may mean something else at every pull.`,
      remedy: 'Name the image under `images:` and under the application, or write its digest into the repository.',
    };
  }
  if (stays.length > 0) {
    yield {
      id: id('stays'),
      name: `What ${name} renders no more is deleted`,
      status: 'warning',
      message: `${listed(stays)} ${stays.length === 1 ? 'stays' : 'stay'} in the cluster, and ${stays.length === 1 ? 'belongs' : 'belong'} to nobody.`,
      remedy: 'Delete it by hand, or let the Application prune.',
    };
  }
  if (confirmations.length > 0) {
    yield {
      id: id('confirmation'),
      name: `${name} can be synced without a person`,
      status: 'warning',
      message: `The sync waits until somebody confirms in Argo CD that ${listed(confirmations)} may be deleted (\`Prune=confirm\`).`,
    };
  }
  const jq = application.ignoreDifferences.flatMap(({ jqPathExpressions }) => jqPathExpressions);
  if (jq.length > 0) {
    yield {
      id: id('ignored'),
      name: `What ${name} ignores is ignored here`,
      status: 'unknown',
      message: `${listed(jq.map(one => `\`${one}\``))}: jq expressions of \`ignoreDifferences\` are not applied here, so that a difference may be shown that Argo CD does not see.`,
    };
  }
  for (const message of rendered.warnings) {
    yield { id: id('repeated'), name: `${name} renders each object once`, status: 'warning', message };
  }
}

function* projectChecks(
  { name, rendered }: ApplicationPlan,
  { live, projects, forbidden }: PlanInput,
): Generator<Check> {
  const { project } = rendered.application;
  const found = projects.find(({ metadata }) => metadata.name === project) ?? live.projects.get(project);
  const about = { id: `application/${name}/project`, name: `The project ${project} allows ${name}` };
  if (found === undefined) {
    if (!live.isKnown) return;
    yield {
      ...about,
      status: 'blocked',
      message: `There is no AppProject \`${project}\`.`,
      remedy: `Make it, or name another one; there ${live.projects.size === 1 ? 'is' : 'are'} ${sentenceList([...live.projects.keys()]) || 'none'}.`,
    };
    return;
  }
  const broken = forbidden(rendered, found);
  if (broken.length === 0) return;
  yield {
    ...about,
    status: 'blocked',
    message: broken.slice(0, 5).join(' '),
    remedy: 'Widen the project, or take out of the application what it may not have.',
  };
}

function listed(items: readonly string[]): string {
  return shortList(items, 3);
}
