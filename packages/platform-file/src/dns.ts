import { entry } from './layers.ts';
import { resourceGroupName } from './names.ts';
import { regionsOf } from './platform.ts';
import type { EnvironmentDns, SharedScope } from './resolved.ts';
import type { PlatformSource } from './schema.ts';

export function resolveSharedDns({ domain, existing }: PlatformSource): SharedScope['dns'] {
  if (existing?.['dns-zone'] !== undefined) return { existing: true, id: existing['dns-zone'] };
  return domain === undefined ? undefined : { existing: false, name: domain };
}

/**
 * Each environment owns a zone below the platform's, so that its certificates and records need no right on another
 * environment's names; the platform's zone only delegates. Several regions have a zone each.
 */
export function resolveEnvironmentDns(
  source: PlatformSource,
  environment: string,
  region: string,
): EnvironmentDns | undefined {
  const { domain } = source;
  if (domain === undefined) return undefined;
  const parent = parentZone(source, domain);
  const name = domainOf(source, environment, region);
  if (name === domain) {
    const id = `/subscriptions/${parent.subscription}/resourceGroups/${parent.resourceGroup}/providers/Microsoft.Network/dnszones/${parent.name}`;
    return { existing: true, id, name };
  }
  return { existing: false, name, parent, label: name.slice(0, -domain.length - 1) };
}

function domainOf(source: PlatformSource, environment: string, region: string): string {
  const own = entry(source, environment).domain ?? `${environment}.${source.domain}`;
  return regionsOf(source, environment).length > 1 ? `${region}.${own}` : own;
}

function parentZone({ name, shared, existing }: PlatformSource, domain: string) {
  const [, , subscription, , resourceGroup] = existing?.['dns-zone']?.split('/') ?? [];
  return {
    name: existing?.['dns-zone']?.split('/').at(-1) ?? domain,
    subscription: subscription ?? shared.subscription,
    resourceGroup: resourceGroup ?? resourceGroupName(name, 'shared', shared.location),
  };
}
