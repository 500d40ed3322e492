import { isSame, type KubeObject } from '../objects.ts';
import { refuseEscalation } from '../rbac/escalation.ts';
import type { Admission } from './admission.ts';
import { callWebhooks } from './webhooks.ts';

/** Everything that may keep an allowed caller from a write. Throws to refuse. */
export function admit(admission: Admission, object: KubeObject, before: KubeObject | undefined): void {
  const { cluster, type, user, authorize, operation } = admission;
  const grantsMore =
    before === undefined || !isSame([before['rules'], before['roleRef']], [object['rules'], object['roleRef']]);
  if (operation !== 'DELETE' && grantsMore) refuseEscalation(cluster.store, authorize, user, type, object);
  callWebhooks(admission, object, before);
}
