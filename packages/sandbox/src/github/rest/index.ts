import { actionsRoutes } from './actions.ts';
import { approvalRoutes } from './approvals.ts';
import { artifactRoutes } from './artifacts.ts';
import { checkRunRoutes } from './check-runs.ts';
import { commentRoutes } from './comments.ts';
import { commitRoutes } from './commits.ts';
import { contentRoutes } from './contents.ts';
import { environmentRoutes } from './environments.ts';
import { issueRoutes } from './issues.ts';
import { pullRoutes } from './pulls.ts';
import { refRoutes } from './refs.ts';
import type { Route } from './route.ts';
import { runRoutes } from './runs.ts';
import { statusRoutes } from './statuses.ts';

/** Every endpoint of a repository that is played. */
export const routes: readonly Route[] = [
  ...contentRoutes,
  ...commitRoutes,
  ...refRoutes,
  ...pullRoutes,
  ...commentRoutes,
  ...issueRoutes,
  ...checkRunRoutes,
  ...statusRoutes,
  ...environmentRoutes,
  ...actionsRoutes,
  ...runRoutes,
  ...artifactRoutes,
  ...approvalRoutes,
];
