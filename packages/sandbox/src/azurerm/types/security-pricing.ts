import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';
import { describeId, type IdKind } from '../arm/ids.ts';
import type { ObjectValue } from '../schema/values.ts';
import { checkId } from './arm-resource.ts';
import { changes } from './changes.ts';
import { alreadyExists, doing } from './messages.ts';
import type { Azure, ResourceType } from './resource-type.ts';
import { blocks, objectsAt, text, textAt, textMap, textMapAt } from './shape.ts';

const apiVersion = '2023-01-01';
const kind: IdKind = {
  label: 'Pricing',
  namespace: 'Microsoft.Security',
  isScoped: true,
  segments: [['pricings', 'Pricing Name']],
};

/** A plan of Defender for the subscription. Every plan is there from the start, free; making one means paying for it. */
export const subscriptionPricing: ResourceType = {
  async create(azure, planned) {
    const scope = `/subscriptions/${azure.subscriptionId}`;
    const id = `${scope}/providers/Microsoft.Security/pricings/${text(planned, 'resource_type')}`;
    await azure.exclusively(scope, async () => {
      const existing = await doing(`retrieving ${describeId(kind, id)}`, () => azure.arm.get(id, apiVersion));
      if (existing !== undefined && textAt(existing, 'properties', 'pricingTier') !== 'Free') {
        throw new ArmError(
          `the pricing tier of this subscription is not Free \r ${alreadyExists('azurerm_security_center_subscription_pricing', id).message}`,
        );
      }
      refuseFreeExtensions(planned);
      await write(azure, id, planned, existing, true);
    });
    return id;
  },

  async read(azure, id) {
    const body = await doing(`retrieving ${describeId(kind, id)}`, () => azure.arm.get(id, apiVersion));
    if (body === undefined) return undefined;
    return {
      id,
      resource_type: id.slice(id.lastIndexOf('/') + 1),
      tier: textAt(body, 'properties', 'pricingTier'),
      subplan: textAt(body, 'properties', 'subPlan'),
      extension: objectsAt(body, 'properties', 'extensions')
        .filter(extension => textAt(extension, 'isEnabled').toLowerCase() === 'true')
        .map(extension => ({
          name: textAt(extension, 'name'),
          additional_extension_properties: textMapAt(extension, 'additionalExtensionProperties'),
        })),
    };
  },

  async update(azure, id, prior, planned) {
    const scope = id.slice(0, id.indexOf('/providers/'));
    await azure.exclusively(scope, async () => {
      const existing = await doing(`retrieving ${describeId(kind, id)}`, () => azure.arm.get(id, apiVersion));
      refuseFreeExtensions(planned);
      await write(azure, id, planned, existing, changes(prior, planned, 'extension'));
    });
  },

  async delete(azure, id) {
    const scope = id.slice(0, id.indexOf('/providers/'));
    await azure.exclusively(scope, () => put(azure, id, { pricingTier: 'Free' }));
  },

  checkImportId: id => checkId(kind, id),
};

function refuseFreeExtensions(planned: ObjectValue): void {
  if (planned['tier'] === 'Free' && blocks(planned, 'extension').length > 0) {
    throw new ArmError('extensions cannot be enabled when using free tier');
  }
}

/** What Azure lists and the configuration does not is switched off. */
async function write(
  azure: Azure,
  id: string,
  planned: ObjectValue,
  existing: JsonObject | undefined,
  writesExtensions: boolean,
): Promise<void> {
  const wanted = blocks(planned, 'extension');
  const listed = objectsAt(existing, 'properties', 'extensions').map(extension => textAt(extension, 'name'));
  const names = [...new Set([...listed, ...wanted.map(extension => text(extension, 'name') ?? '')])];
  const extensions = names.map(name => {
    const found = wanted.find(extension => text(extension, 'name') === name);
    const more = textMap(found, 'additional_extension_properties');
    return {
      name,
      isEnabled: found === undefined ? 'False' : 'True',
      ...(Object.keys(more).length === 0 ? {} : { additionalExtensionProperties: more }),
    };
  });
  const isPaid = planned['tier'] === 'Standard';
  await put(azure, id, {
    pricingTier: planned['tier'],
    ...(text(planned, 'subplan') === undefined ? {} : { subPlan: text(planned, 'subplan') }),
    ...(isPaid && writesExtensions ? { extensions } : {}),
  });
}

async function put(azure: Azure, id: string, properties: JsonObject): Promise<void> {
  await doing(`setting ${describeId(kind, id)}`, () =>
    azure.arm.send({ method: 'PUT', path: id, apiVersion, body: { properties: asObject(properties) } }),
  );
}
