import type { Check } from '@suite/change-report';
import { enforcedWebhooks, enforcerSwitch, escapesEnforcer, isWebhookConfiguration } from '@suite/kubernetes/compare';
import { code, finding, named, some } from './finding.ts';
import type { CheckInput } from './input.ts';

/** Webhooks whose selector AKS rewrites: the next upgrade by server-side apply is refused for the conflict. */
export function checkWebhooks({ releases }: CheckInput): Check[] {
  return releases.flatMap(({ release, objects }) => {
    if (release.apply.forceConflicts) return [];
    const rewritten = objects
      .filter(object => isWebhookConfiguration(object) && !escapesEnforcer(object))
      .flatMap(object => enforcedWebhooks(object).map(webhook => `${named(object)} (${code(webhook)})`));
    if (rewritten.length === 0) return [];
    return [
      finding(release, 'webhooks', {
        name: 'AKS leaves the webhooks alone',
        status: 'warning',
        message: `AKS's admissions enforcer rewrites the namespace selector of ${some(rewritten)}, and the next upgrade is refused for the conflict.`,
        remedy: `Set the annotation ${code(`${enforcerSwitch}: "true"`)} on the configuration in ${code(`${release.setting}.values`)}.`,
      }),
    ];
  });
}
