import { listScopes, resolveEnvironment } from '@suite/platform-file';
import type { Target } from '../target.ts';
import type { PlannedNetwork } from './addresses.ts';

/** The networks that the platform's other environments and regions make. */
export function otherNetworks({ view, platform }: Target): PlannedNetwork[] {
  return listScopes(platform).flatMap(({ scope, region }): PlannedNetwork[] => {
    if (scope === 'shared' || (scope === view.scope && region === view.region)) return [];
    const { network } = resolveEnvironment(platform.source, scope, region);
    return network.existing ? [] : [{ scope, region, addressSpace: network.addressSpace }];
  });
}
