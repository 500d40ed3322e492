import { json, type WorldResponse } from '../../network/http.ts';
import type { Attributes, User } from '../access/attributes.ts';
import { at, type Fields, strings, text } from '../objects.ts';
import { rulesFor } from '../rbac/evaluate.ts';
import { apiVersionOf } from '../resources/resource-type.ts';
import type { ApiCall } from './call.ts';
import { readBody } from './media.ts';

/** Questions about rights, answered by the very judge of requests. */
export async function review(call: ApiCall, hasOtherJudges: boolean): Promise<WorldResponse> {
  const { type, user, authorize, cluster } = call;
  const sent = at(await readBody(call.request));
  const spec = at(sent, 'spec');
  const answer = (status: Fields) =>
    json(201, { kind: type.kind, apiVersion: apiVersionOf(type), metadata: { creationTimestamp: null }, spec, status });
  switch (type.plural) {
    case 'selfsubjectreviews':
      return answer({ userInfo: { username: user.name, groups: user.groups } });
    case 'selfsubjectaccessreviews':
      return answer(decided(authorize(user, attributesOf(spec))));
    case 'subjectaccessreviews': {
      const other: User = { name: text(spec['user']) ?? '', groups: strings(spec['groups']) };
      return answer(decided(authorize(other, attributesOf(spec))));
    }
    default: {
      const rules = rulesFor(cluster.store, user, text(spec['namespace']) ?? '');
      const resourceRules = rules
        .filter(rule => rule.resources.length > 0)
        .map(({ verbs, apiGroups, resources, resourceNames }) => ({
          verbs,
          apiGroups,
          resources,
          ...(resourceNames.length === 0 ? {} : { resourceNames }),
        }));
      const nonResourceRules = rules
        .filter(rule => rule.nonResourceURLs.length > 0)
        .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
      // Azure is asked about single actions and cannot list them.
      const incomplete = hasOtherJudges
        ? { incomplete: true, evaluationError: 'webhook authorizer does not support user rule resolution' }
        : { incomplete: false };
      return answer({ resourceRules, nonResourceRules, ...incomplete });
    }
  }
}

function decided({ allowed, reason }: { readonly allowed: boolean; readonly reason: string }): Fields {
  return reason === '' ? { allowed } : { allowed, reason };
}

function attributesOf(spec: Readonly<Fields>): Attributes {
  if (spec['nonResourceAttributes'] !== undefined) {
    const { verb, path } = at(spec, 'nonResourceAttributes');
    return { verb: String(verb ?? ''), path: String(path ?? '') };
  }
  const asked = at(spec, 'resourceAttributes');
  const optional = (key: string) => {
    const value = text(asked[key]);
    return value === undefined ? {} : { [key]: value };
  };
  return {
    verb: text(asked['verb']) ?? '',
    group: text(asked['group']) ?? '',
    resource: text(asked['resource']) ?? '',
    ...optional('subresource'),
    ...optional('namespace'),
    ...optional('name'),
  };
}
