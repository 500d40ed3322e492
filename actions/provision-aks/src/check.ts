import { dirname } from 'node:path';
import { cell, escapeText, problemSections, prose, table } from '@suite/change-report';
import { count, type Problem, UserError } from '@suite/foundation';
import { engineOf, loadPlatformWithLock, resolveAll, type ScopeView } from '@suite/platform-file';
import { engines } from '@suite/terraform';
import type { Services } from './ports.ts';
import { distinctSources } from './sources/distinct-sources.ts';

/**
 * Everything that can be checked without credentials, for a pull request from a fork: platform file and lock, every scope
 * resolved, the configuration of each kind of scope validated, and the format of Terraform files. Throws one UserError with
 * all that is wrong.
 */
export async function check(platformFile: string, services: Services): Promise<void> {
  const { context, log, summary } = services;
  try {
    const { platform, lock } = await loadPlatformWithLock(platformFile, context.workspace);
    const views = resolveAll(platform, lock);
    const problems: Problem[] = [];
    const engine = engineOf(platform);
    const { command } = engines[engine];
    const tool = await services.openChecker(engine, dirname(platformFile));
    for (const { name, root, sources } of await distinctSources(views, platform, context.workspace)) {
      problems.push(...(await log.group(`${command} validate (${name})`, () => tool.validate(root, sources))));
    }
    problems.push(...(await log.group(`${command} fmt`, () => tool.misformatted())));
    if (problems.length > 0) throw new UserError(problems);
    await summary.append(describe(platform.source.name, views));
    log.info(`${platform.source.name} is valid in ${count(views.length, 'place')}. Nothing was called in Azure.`);
  } catch (error) {
    if (error instanceof UserError) await summary.append(problemSections(error.problems));
    throw error;
  }
}

function describe(platform: string, views: readonly ScopeView[]): string[] {
  const rows = views.map(({ scope, region, resourceGroup }) => [
    escapeText(scope),
    escapeText(region),
    cell(resourceGroup),
  ]);
  return [
    `### ${prose(`\`${platform}\` is valid`)}`,
    'Checked without credentials: the platform file and its lock, every scope, the Terraform configuration, and the format of Terraform files. What would change is planned when somebody who may write to this repository opens a pull request with these commits.',
    table(['Scope', 'Region', 'Resource group'], rows),
  ];
}
