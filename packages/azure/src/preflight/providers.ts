import { asObject, asString } from '@suite/foundation';
import type { Answer } from './answer.ts';
import { type Arm, objects, properties, shortLocation, strings } from './arm.ts';

/** A resource provider as a subscription has it. */
export interface ResourceProvider {
  readonly namespace: string;
  /** `Registered`, `Registering`, `NotRegistered`, `Unregistering`, `Unregistered` */
  readonly state: string;
  /** Short locations by resource type in lower case. */
  readonly locations: Readonly<Record<string, readonly string[]>>;
}

export function readProvider(arm: Arm, subscription: string, namespace: string): Promise<Answer<ResourceProvider>> {
  return arm.ask(
    {
      path: `/subscriptions/${subscription}/providers/${namespace}`,
      apiVersion: '2022-09-01',
      doing: `asking whether ${namespace} is registered`,
      right: { action: 'Microsoft.Resources/subscriptions/providers/read', scope: `/subscriptions/${subscription}` },
    },
    body => {
      const { registrationState, resourceTypes } = asObject(body);
      return {
        namespace,
        state: asString(registrationState) ?? '',
        locations: Object.fromEntries(
          objects(resourceTypes).map(({ resourceType, locations }) => [
            String(resourceType).toLowerCase(),
            strings(locations).map(shortLocation),
          ]),
        ),
      };
    },
  );
}

/** The state of a feature flag: `Registered`, `NotRegistered`, `Pending`, … */
export function readFeature(
  arm: Arm,
  subscription: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<Answer<string>> {
  return arm.ask(
    {
      path: `/subscriptions/${subscription}/providers/Microsoft.Features/providers/${namespace}/features/${name}`,
      apiVersion: '2021-07-01',
      doing: `asking whether the feature ${name} is registered`,
      right: { action: 'Microsoft.Features/providers/features/read', scope: `/subscriptions/${subscription}` },
    },
    body => asString(properties(body)['state']) ?? '',
  );
}
