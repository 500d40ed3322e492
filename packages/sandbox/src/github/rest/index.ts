import { actionsRoutes } from './actions.ts';
import { approvalRoutes } from './approvals.ts';
import { artifactRoutes } from './artifacts.ts';
import { checkRunRoutes } from './check-runs.ts';
import { commentRoutes } from './comments.ts';
import { commitRoutes } from './commits.ts';
import { contentRoutes } from './contents.ts';
import { environmentRoutes } from './environments.ts';
import { pullRoutes } from './pulls.ts';
import type { Route } from './route.ts';
import { runRoutes } from './runs.ts';

/** Every endpoint of a repository that is played. */
export const routes: readonly Route[] = [
  ...contentRoutes,
  ...commitRoutes,
  ...pullRoutes,
  ...commentRoutes,
  ...checkRunRoutes,
  ...environmentRoutes,
  ...actionsRoutes,
  ...runRoutes,
  ...artifactRoutes,
  ...approvalRoutes,
];
