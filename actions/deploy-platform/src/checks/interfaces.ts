import type { Check } from '@suite/change-report';
import { interfacesOf } from '../releases/hosts.ts';
import { code, finding } from './finding.ts';
import type { CheckInput } from './input.ts';

/** Interfaces that people would look for behind the gateway, and that have no route. */
export function checkInterfaces({ releases, view }: CheckInput): Check[] {
  const routes = releases.find(({ release }) => release.name === 'routes');
  if (routes === undefined) return [];
  return interfacesOf(view).flatMap(({ name, title, notRouted }) =>
    notRouted === undefined
      ? []
      : [
          finding(routes.release, `not-routed-${name}`, {
            name: `${title} is reached through the gateway`,
            status: 'warning',
            message: `${title} has no route, because ${notRouted}.`,
            remedy: `Give it a login in ${code('releases.kube-prometheus-stack.values')}, or say ${code(`releases.routes.${name}`)}: true to have everybody look, or false to have no route.`,
          }),
        ],
  );
}
