import { readFile } from 'node:fs/promises';
import { asNumber, asObject, asString } from '@suite/foundation';

/** One answered request, as the API server has written it down (audit.k8s.io/v1, `Event`). */
export interface AuditedRequest {
  readonly user: string;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, …; of a path that is no resource the method, small. */
  readonly verb: string;
  /** Path and query. */
  readonly uri: string;
  /** `secrets`; empty for a path that is no resource. */
  readonly resource: string;
  readonly status: number;
}

/** Administrators, which are the components and the test itself, are left out. The log is written before the answer is sent. */
export const auditPolicy = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [
    { level: 'None', userGroups: ['system:masters'] },
    { level: 'None', users: ['system:anonymous', 'system:apiserver'] },
    { level: 'Metadata' },
  ],
});

export async function readAuditLog(file: string): Promise<readonly AuditedRequest[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter(line => line !== '');
  return lines.map(line => {
    const event = asObject(JSON.parse(line));
    const text = (value: unknown) => asString(value) ?? '';
    return {
      user: text(asObject(event['user'])['username']),
      verb: text(event['verb']),
      uri: text(event['requestURI']),
      resource: text(asObject(event['objectRef'])['resource']),
      status: asNumber(asObject(event['responseStatus'])['code']) ?? 0,
    };
  });
}
