import { actionsRoutes } from './actions.ts';
import { checkRunRoutes } from './check-runs.ts';
import { commentRoutes } from './comments.ts';
import { contentRoutes } from './contents.ts';
import { environmentRoutes } from './environments.ts';
import { pullRoutes } from './pulls.ts';
import type { Route } from './route.ts';

/** Every endpoint of a repository that is played. */
export const routes: readonly Route[] = [
  ...contentRoutes,
  ...pullRoutes,
  ...commentRoutes,
  ...checkRunRoutes,
  ...environmentRoutes,
  ...actionsRoutes,
];
