import { asObject, asString } from '@suite/foundation';
import { own, parsePlan } from './plan-json.ts';

/** A provider that a configuration sets up, and does not merely use. */
export interface ConfiguredProvider {
  /** `azurerm`. */
  readonly name: string;
  readonly alias: string | undefined;
  /** Address of the module that does; undefined for the root. */
  readonly module: string | undefined;
}

/**
 * Providers that have a block of their own with something in it, as `terraform show -json PLAN` lists them. One that is only needed is listed too,
 * with neither an alias nor expressions; an empty block does no more.
 */
export function configuredProviders(json: unknown): ConfiguredProvider[] {
  const providers = asObject(own(asObject(parsePlan(json).root['configuration']), 'provider_config'));
  return Object.values(providers).flatMap(value => {
    const { name, alias, module_address: module, expressions } = asObject(value);
    const isSet = asString(alias) !== undefined || Object.keys(asObject(expressions)).length > 0;
    return isSet ? [{ name: asString(name) ?? '', alias: asString(alias), module: asString(module) }] : [];
  });
}
