import { at, merge, properties, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { sameId } from '../ids.ts';
import type { TypeBehaviour } from '../type.ts';
import { forgetIdentity, identityLinks, identityOf, knowIdentity } from './identity.ts';

export const diskEncryptionSets: TypeBehaviour = {
  type: 'Microsoft.Compute/diskEncryptionSets',
  longRunning: ['put', 'delete'],
  createdStatus: 200,
  isTracked: true,
  links: identityLinks,
  check: ({ sent }) => {
    if (text(at(sent, 'properties', 'activeKey')['keyUrl']) !== undefined) return;
    throw new ArmError(400, 'InvalidParameter', "Required parameter 'activeKey.keyUrl' is missing (null).");
  },
  fill: call => {
    const { sent, context, existing } = call;
    return merge(
      {
        properties: {
          encryptionType: 'EncryptionAtRestWithCustomerKey',
          rotationToLatestKeyVersionEnabled: false,
          previousKeys: [],
        },
      },
      existing?.body,
      sent,
      {
        ...identityOf(call),
        properties: { lastKeyRotationTimestamp: new Date(context.clock.now()).toISOString() },
      },
    );
  },
  stored: knowIdentity,
  removed: forgetIdentity,
  checkDelete: ({ id, name }, { store }) => {
    const user = store
      .all()
      .find(
        ({ type, body }) =>
          type === 'Microsoft.ContainerService/managedClusters' &&
          sameId(text(properties(body)['diskEncryptionSetID']) ?? '', id),
      );
    if (user === undefined) return;
    throw new ArmError(
      409,
      'OperationNotAllowed',
      `DiskEncryptionSet '${name}' cannot be deleted because it is in use by the following resources: ${user.id}.`,
    );
  },
};
