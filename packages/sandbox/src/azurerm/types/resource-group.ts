import { ArmError } from '../arm/client.ts';
import { describeId, formatId, type IdKind, parseId } from '../arm/ids.ts';
import { normaliseLocation } from '../schema/plan.ts';
import { checkId } from './arm-resource.ts';
import { alreadyExists, doing } from './messages.ts';
import type { Azure, ResourceType } from './resource-type.ts';
import { idsAt, text, textAt, textMap, textMapAt } from './shape.ts';

export const resourceGroupKind: IdKind = { label: 'Resource Group', segments: [] };
const resourceGroupVersion = '2023-07-01';

// azurerm looks for ten minutes whether a group that is to be deleted has become empty.
const emptyCheckMs = 600_000;
const emptyPauseMs = 2_000;

export const resourceGroup: ResourceType = {
  async create(azure, planned) {
    const id = formatId(resourceGroupKind, {
      subscriptions: azure.subscriptionId,
      resourceGroups: String(planned['name']),
    });
    const what = describeId(resourceGroupKind, id);
    const existing = await doing(`checking for presence of existing ${what}`, () =>
      azure.arm.get(id, resourceGroupVersion),
    );
    if (existing !== undefined) throw alreadyExists('azurerm_resource_group', id);
    const managedBy = text(planned, 'managed_by');
    await doing(`creating ${JSON.stringify(what)}`, () =>
      azure.arm.run('', {
        method: 'PUT',
        path: id,
        apiVersion: resourceGroupVersion,
        body: {
          location: planned['location'],
          tags: textMap(planned, 'tags'),
          ...(managedBy === undefined ? {} : { managedBy }),
        },
      }),
    );
    return id;
  },

  async read(azure, id) {
    const body = await doing('reading resource group', () => azure.arm.get(id, resourceGroupVersion));
    if (body === undefined) return undefined;
    const parts = parseId(resourceGroupKind, id) ?? {};
    return {
      id: formatId(resourceGroupKind, parts),
      name: parts['resourceGroups'],
      location: normaliseLocation(textAt(body, 'location')),
      managed_by: textAt(body, 'managedBy'),
      tags: textMapAt(body, 'tags'),
    };
  },

  async update(azure, id, prior, planned) {
    const body = {
      ...(prior['managed_by'] === planned['managed_by'] ? {} : { managedBy: text(planned, 'managed_by') ?? '' }),
      tags: textMap(planned, 'tags'),
    };
    await doing(`updating ${JSON.stringify(describeId(resourceGroupKind, id))}`, () =>
      azure.arm.send({ method: 'PATCH', path: id, apiVersion: resourceGroupVersion, body }),
    );
  },

  async delete(azure, id) {
    await waitUntilEmpty(azure, id);
    await doing(`deleting ${describeId(resourceGroupKind, id)}`, () =>
      azure.arm.run('', { method: 'DELETE', path: id, apiVersion: resourceGroupVersion }),
    );
  },

  checkImportId: id => checkId(resourceGroupKind, id),
  validate: config => {
    const name = text(config, 'name');
    if (name === undefined) return [];
    const complaints = [
      ...(name.length > 90 ? ['"name" may not exceed 90 characters in length'] : []),
      ...(name.endsWith('.') ? ['"name" may not end with a period'] : []),
      ...(/^[-\p{L}\p{N}._()]+$/u.test(name)
        ? []
        : ['"name" may only contain alphanumeric characters, dash, underscores, parentheses and periods']),
    ];
    return complaints.map(summary => ({ path: ['name'], summary }));
  },
};

/** The provider's `prevent_deletion_if_contains_resources`, which is on by default. */
async function waitUntilEmpty(azure: Azure, id: string): Promise<void> {
  const what = describeId(resourceGroupKind, id);
  for (let waited = 0; ; waited += emptyPauseMs) {
    const list = await doing(`listing resources in ${what}`, () =>
      azure.arm.get(`${id}/resources?$expand=provisioningState&$top=10`, resourceGroupVersion),
    );
    const ids = idsAt(list, 'value');
    if (ids.length === 0) return;
    if (waited >= emptyCheckMs) {
      const name = parseId(resourceGroupKind, id)?.['resourceGroups'] ?? '';
      const lines = ids.map(resource => `* \`${resource}\``).sort();
      throw new ArmError(
        `deleting Resource Group "${name}": the Resource Group still contains Resources.\n\n${lines.join('\n')}`,
      );
    }
    await azure.pause(emptyPauseMs);
  }
}
