import { json } from '../../../network/http.ts';
import { ArmError } from '../errors.ts';
import { sameId } from '../ids.ts';
import type { Endpoints } from './endpoint.ts';

const between = /^eventTimestamp ge '([^']+)' and eventTimestamp le '([^']+)'(?: and resourceGroupName eq '([^']+)')?$/;

/** The activity log (REST reference, Activity Logs - List, 2015-04-01): what `recordActivity` told, and nothing else. */
export const activityEndpoints: Endpoints = {
  'Microsoft.Insights/eventtypes/values': ({ context, request, demand, subscription }) => {
    const scope = `/subscriptions/${subscription}`;
    demand('Microsoft.Insights/eventtypes/values/read', scope);
    const [, from = '', to = '', group] = between.exec(request.query.get('$filter') ?? '') ?? [];
    const [start, end] = [Date.parse(from), Date.parse(to)];
    // Of the forms that Azure takes these are played; the start is asked for by all of them.
    if (Number.isNaN(start) || Number.isNaN(end)) {
      throw new ArmError(400, 'BadRequest', 'The filter is not valid: it needs a time range in eventTimestamp.');
    }
    const inside = group === undefined ? scope : `${scope}/resourceGroups/${group}`;
    const value = context.conditions.activity
      .filter(({ at }) => at >= start && at <= end)
      .filter(({ resourceId }) => isBelow(resourceId, inside))
      .map(({ resourceId, caller, clientId, operation, at, status = 'Succeeded' }) => ({
        caller,
        claims: clientId === undefined ? {} : { appid: clientId },
        eventTimestamp: new Date(at).toISOString(),
        operationName: { value: operation, localizedValue: operation },
        resourceId,
        status: { value: status, localizedValue: status },
      }));
    return json(200, { value });
  },
};

function isBelow(id: string, scope: string): boolean {
  return sameId(id, scope) || id.toLowerCase().startsWith(`${scope.toLowerCase()}/`);
}
