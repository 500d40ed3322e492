import type { Check } from '@suite/change-report';
import { asArray, asObject, asString, shorten } from '@suite/foundation';
import type { Mask } from './mask.ts';
import { own, type PlanJson } from './plan-json.ts';

const longestAddress = 300;
const longestMessage = 1000;

const results: ReadonlyMap<string, { readonly status: Check['status']; readonly message: string }> = new Map([
  ['pass', { status: 'passed', message: 'It holds.' }],
  ['fail', { status: 'failed', message: 'It does not hold.' }],
  ['error', { status: 'failed', message: 'It could not be evaluated.' }],
  ['unknown', { status: 'later', message: 'It is decided during the apply.' }],
]);

/** Check blocks (`check/NAME`) and the conditions of resources, outputs and variables (`condition/ADDRESS`). */
export function readChecks(plan: PlanJson, mask: Mask): Check[] {
  return asArray(plan.root['checks']).flatMap((check): Check[] => {
    const { address, status, instances } = asObject(check);
    const where = asString(own(address, 'to_display'));
    if (where === undefined) return [];
    const shown = shorten(where, longestAddress);
    // A status of a later Terraform: said to be open rather than taken for good.
    const result = results.get(asString(status) ?? '') ?? { status: 'unknown', message: 'Its result is not known.' };
    const messages = asArray(instances).flatMap(instance =>
      asArray(own(instance, 'problems')).flatMap(problem => asString(own(problem, 'message')) ?? []),
    );
    const isBlock = own(address, 'kind') === 'check';
    return [
      {
        id: isBlock ? `check/${shown.replace(/(^|\.)check\./, '$1')}` : `condition/${shown}`,
        name: isBlock ? shown : `conditions of ${shown}`,
        status: result.status,
        message: shorten(
          messages.length === 0 ? result.message : mask.text([...new Set(messages)].join(' '), result.message),
          longestMessage,
        ),
      },
    ];
  });
}
