import { json } from '../../network/http.ts';
import { userJson } from '../shapes.ts';
import { approvalViews } from '../store/environments.ts';
import type { ApprovalView } from '../views.ts';
import { environmentLinkJson } from './environments.ts';
import type { Call, Route } from './route.ts';
import { demandRun } from './runs.ts';

export const approvalRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/actions/runs/{id}/approvals',
    need: { level: 'read', anyOf: ['actions'] },
    isPublic: true,
    docs: 'actions/workflow-runs#get-the-review-history-for-a-workflow-run',
    answer: call => {
      const approvals = approvalViews(call.repository, demandRun(call).id);
      return json(
        200,
        approvals.map(approval => approvalJson(call, approval)),
      );
    },
  },
];

/** GitHub names no time and no attempt here. */
function approvalJson({ repository }: Call, { environment, state, by, comment }: ApprovalView) {
  return { environments: [environmentLinkJson(repository, environment)], state, user: userJson(by), comment };
}
