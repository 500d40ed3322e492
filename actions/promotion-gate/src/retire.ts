import { escapeText, problemSections, prose } from '@suite/change-report';
import { errorMessage, UserError } from '@suite/foundation';
import { loadScope } from '@suite/platform-file';
import type { Request } from './inputs.ts';
import type { Services } from './ports.ts';
import { placeOf } from './record.ts';
import { readerOf } from './scope.ts';

/**
 * Notes in the environment's registry that nothing runs there any more: any commit may come next, and who asks for a record learns why there
 * is none. Where the registry has gone, nothing is left to note it in. A note that cannot be written is a warning: of a destroy that was cut
 * off, the way to the registry may have gone first, and the next run has to get past this.
 */
export async function retire(request: Extract<Request, { command: 'retire' }>, services: Services): Promise<void> {
  const { context, log, summary } = services;
  const { view } = await loadScope(request, context.workspace);
  if (view.kind !== 'environment') {
    throw new UserError({
      message: 'is `shared`, which every environment uses: only environments are taken away.',
      location: { kind: 'input', name: 'scope' },
      remedy: 'Name an environment of the platform file.',
    });
  }
  const place = `${view.scope} in ${view.region}`;
  const title = `### ${escapeText(`${view.scope} · ${view.region}`)}`;
  try {
    const shelf = await services.openShelf(view, readerOf(view, 'apply'));
    if (shelf === undefined) {
      log.info(`${place} has no registry, and so no record of what ran there.`);
      return;
    }
    // A run that was cut off may have noted it: who took it away, and when, stays as it was.
    if ((await shelf.gone()) === undefined) {
      await shelf.retire({
        schema: 'gone/v1',
        ...placeOf(view, context.repositoryId),
        run: context.runUrl ?? 'outside of a workflow',
        actor: context.actor,
        at: new Date(await services.now()).toISOString(),
      });
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const consequence =
      'Where the registry stays, its last record stays as well: the next promotion to this environment is compared with it, until this command could be run again.';
    log.warning(
      `${place}: its registry could not be told that nothing runs there any more. ${errorMessage(error)} ${consequence}`,
    );
    await summary.append([
      `${title} goes, and its registry does not say so`,
      prose(consequence),
      ...problemSections(error.problems),
    ]);
    return;
  }
  await summary.append([`${title} is gone`, prose('Its registry says so.')]);
  log.info(`${place}: its registry says that nothing runs there any more.`);
}
