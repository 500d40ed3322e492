import { UserError } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import { readPlan, type StateResource, type Terraform } from '@suite/terraform';
import { describeStaying, selectForDestroy } from './selection.ts';

type Planner = Pick<Terraform, 'plan' | 'show' | 'recorded'>;

/** An address that nothing has: a plan for it alone changes nothing. */
const nothing = 'terraform_data.nothing_goes';

/**
 * Plans the destruction of what may go into `out`: of everything, or where something stays, of the rest by its addresses. Gives
 * sentences about what stays.
 */
export async function planDestroy(
  view: ScopeView,
  terraform: Planner,
  options: { readonly out: string; readonly varFiles: readonly string[] },
): Promise<readonly string[]> {
  await terraform.plan({ ...options, destroy: true });
  const { changes } = readPlan(await terraform.show(options.out));
  const recorded = await terraform.recorded();
  const { going, staying } = selectForDestroy(changes, recorded, view.allow);
  if (staying.length === 0) return [];
  const cluster = staying.find(({ address }) => typeOf(address, recorded) === 'azurerm_kubernetes_cluster');
  if (cluster !== undefined) {
    const keys = [...new Set(staying.flatMap(({ allowKey }) => allowKey ?? []))];
    throw new UserError({
      message: `The ${cluster.title} cannot go: what stays needs it. ${describeStaying(staying, view.scope).join(' ')}`,
      remedy: `Add ${keys.map(key => `\`${key}\``).join(', ')} to \`allow:\` of ${view.scope} if it is meant.`,
    });
  }
  await terraform.plan({ ...options, destroy: true, targets: going.length === 0 ? [nothing] : going });
  const planned = readPlan(await terraform.show(options.out));
  const kept = new Set(staying.filter(({ because }) => because !== 'part').map(({ address }) => address));
  const lost = planned.changes.filter(({ address, kind }) => kind === 'delete' && kept.has(address));
  if (lost.length > 0) {
    throw new Error(`The plan would also delete what stays: ${lost.map(({ address }) => address).join(', ')}.`);
  }
  return describeStaying(staying, view.scope);
}

function typeOf(address: string, recorded: readonly StateResource[]): string | undefined {
  return recorded.find(resource => resource.address === address)?.type;
}
