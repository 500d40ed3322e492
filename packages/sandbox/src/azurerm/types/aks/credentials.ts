import { asArray, type JsonObject } from '@suite/foundation';
import { parse } from 'yaml';
import type { Value } from '../../schema/values.ts';
import { at, objectsAt, textAt } from '../shape.ts';

export interface KubeConfig {
  readonly raw: string;
  /** The one entry of `kube_config`, or none when the file cannot be understood. */
  readonly entries: Value;
}

/**
 * A kubeconfig out of an answer to listClusterUserCredential or listClusterAdminCredential. Where people sign in through
 * Entra the file names a command and holds no credential, and azurerm then fills the credentials with empty texts.
 */
export function kubeConfigFrom(answer: JsonObject, name: 'clusterUser' | 'clusterAdmin'): KubeConfig {
  const value = textAt(
    objectsAt(answer, 'kubeconfigs').find(config => textAt(config, 'name') === name),
    'value',
  );
  const raw = Buffer.from(value, 'base64').toString('utf8');
  if (raw === '') return { raw: '', entries: [] };
  try {
    const config: unknown = parse(raw);
    const cluster = at(asArray(at(config, 'clusters'))[0], 'cluster');
    const user = asArray(at(config, 'users'))[0];
    const signsInElsewhere = raw.includes('apiserver-id:') || raw.includes('exec');
    const secret = (property: string) => (signsInElsewhere ? '' : textAt(user, 'user', property));
    return {
      raw,
      entries: [
        {
          host: textAt(cluster, 'server'),
          cluster_ca_certificate: textAt(cluster, 'certificate-authority-data'),
          username: textAt(user, 'name'),
          password: secret('token'),
          client_certificate: secret('client-certificate-data'),
          client_key: secret('client-key-data'),
        },
      ],
    };
  } catch {
    return { raw, entries: [] };
  }
}
