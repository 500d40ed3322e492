import { at, properties } from '../azure/arm/body.ts';
import type { Resource } from '../azure/arm/store.ts';

/** Whether only private endpoints lead to a registry. */
export function isPrivate({ body }: Resource): boolean {
  return properties(body)['publicNetworkAccess'] === 'Disabled';
}

/** Rules for single addresses let nobody in: callers of the sandbox have none. */
export function isClosed(registry: Resource): boolean {
  return isPrivate(registry) || at(registry.body, 'properties', 'networkRuleSet')['defaultAction'] === 'Deny';
}

/** Whether services of Azure pass all this (Microsoft Learn, "Allow trusted services to securely access a network-restricted container registry"). */
export function trustsServices({ body }: Resource): boolean {
  return properties(body)['networkRuleBypassOptions'] !== 'None';
}
