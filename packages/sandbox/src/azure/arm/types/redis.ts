import { json } from '../../../network/http.ts';
import { merge } from '../body.ts';
import type { TypeBehaviour } from '../type.ts';
import { hashOf } from './hash.ts';
import { identityOf } from './identity.ts';
import { withConnections } from './private-endpoints.ts';

const base = 'Microsoft.Cache/redisEnterprise';
const port = 10_000;
const keyLength = 32;

/** Azure Managed Redis. */
export const redisClusters: TypeBehaviour = {
  type: base,
  longRunning: ['put', 'delete'],
  isTracked: true,
  fill: call => {
    const { sent, name } = call;
    const location = String(sent['location'] ?? '')
      .toLowerCase()
      .replaceAll(' ', '');
    return merge(
      {
        kind: 'v2',
        properties: {
          highAvailability: 'Enabled',
          minimumTlsVersion: '1.2',
          publicNetworkAccess: 'Enabled',
          encryption: {},
        },
      },
      sent,
      identityOf(call),
      {
        properties: {
          hostName: `${name}.${location}.redis.azure.net`,
          redisVersion: '7.4',
          redundancyMode: 'ZR',
          resourceState: 'Running',
        },
      },
    );
  },
  view: withConnections,
};

export const redisDatabases: TypeBehaviour = {
  type: `${base}/databases`,
  longRunning: ['put', 'delete'],
  fill: ({ sent }) =>
    merge(
      {
        properties: {
          accessKeysAuthentication: 'Disabled',
          clientProtocol: 'Encrypted',
          clusteringPolicy: 'OSSCluster',
          evictionPolicy: 'VolatileLRU',
          modules: [],
          persistence: { aofEnabled: false, rdbEnabled: false },
          deferUpgrade: 'NotDeferred',
        },
      },
      sent,
      { properties: { port, redisVersion: '7.4', resourceState: 'Running' } },
    ),
  actions: {
    listkeys: ({ resource: { id } }) =>
      json(200, { primaryKey: hashOf(`${id} 1`, keyLength), secondaryKey: hashOf(`${id} 2`, keyLength) }),
  },
};
