import { randomBytes } from 'node:crypto';
import type { KubeObject } from '../objects.ts';
import type { ResourceType } from '../resources/resource-type.ts';
import { type Cause, refusals } from '../status.ts';

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** Five letters that no word is made of, as Kubernetes appends them. */
function randomSuffix(): string {
  return [...randomBytes(5)].map(byte => letters[byte % letters.length]).join('');
}

/** The name that an object asks for: its own, or one made of `generateName`. */
export function withName(object: KubeObject, type: ResourceType): KubeObject {
  const { name, generateName } = object.metadata;
  if (name) return object;
  if (generateName) return { ...object, metadata: { ...object.metadata, name: `${generateName}${randomSuffix()}` } };
  const message = 'Required value: name or generateName is required';
  throw refusals.invalid(type, '', [{ reason: 'FieldValueRequired', message, field: 'metadata.name' }]);
}

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const path = /^(?!\.{1,2}$)[^/%]+$/;

/** Roles have names of any form that a path can hold; services and namespaces have labels; the rest are subdomains. */
export function nameCauses(name: string, { group, plural }: ResourceType): readonly Cause[] {
  const isLabel = group === '' && ['namespaces', 'services'].includes(plural);
  const pattern = group === 'rbac.authorization.k8s.io' ? path : isLabel ? label : subdomain;
  const longest = isLabel ? 63 : 253;
  if (pattern.test(name) && name.length <= longest) return [];
  const rule = isLabel
    ? "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
  const message =
    name.length > longest
      ? `Invalid value: ${JSON.stringify(name)}: must be no more than ${longest} characters`
      : `Invalid value: ${JSON.stringify(name)}: ${rule}`;
  return [{ reason: 'FieldValueInvalid', message, field: 'metadata.name' }];
}
