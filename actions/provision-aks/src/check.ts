import { cell, escapeText, problemSections, prose, table } from '@suite/change-report';
import { count, type Problem, UserError } from '@suite/foundation';
import { listScopes, loadPlatformWithLock, resolveScope, type ScopeView } from '@suite/platform-file';
import type { Services } from './ports.ts';
import { terraformRoot, terraformVariables } from './variables.ts';

/**
 * Everything that can be checked without credentials, for a pull request from a fork: platform file and lock, every scope
 * resolved, the configuration of each kind of scope validated, and the format of Terraform files. Throws one UserError with
 * all that is wrong.
 */
export async function check(platformFile: string, services: Services): Promise<void> {
  const { context, log, summary } = services;
  try {
    const { platform, lock } = await loadPlatformWithLock(platformFile, context.workspace);
    const problems: Problem[] = [];
    const views = collect(listScopes(platform), name => resolveScope(platform, lock, name), problems);
    if (problems.length > 0) throw new UserError(problems);
    const tool = await services.openChecker();
    for (const root of new Set(views.map(terraformRoot))) {
      problems.push(...(await log.group(`terraform validate (${root})`, () => tool.validate(root))));
    }
    problems.push(...(await log.group('terraform fmt', () => tool.misformatted())));
    if (problems.length > 0) throw new UserError(problems);
    await summary.append(describe(platform.source.name, views));
    log.info(`${platform.source.name} is valid in ${count(views.length, 'place')}. Nothing was called in Azure.`);
  } catch (error) {
    if (error instanceof UserError) await summary.append(problemSections(error.problems));
    throw error;
  }
}

function collect<T, R>(items: readonly T[], work: (item: T) => R, problems: Problem[]): R[] {
  return items.flatMap((item): R[] => {
    try {
      return [work(item)];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
}

function describe(platform: string, views: readonly ScopeView[]): string[] {
  const rows = views.map(view => {
    const settings = Object.keys(terraformVariables(view)).length;
    return [
      escapeText(view.scope),
      escapeText(view.region),
      cell(view.resourceGroup),
      `${settings} groups of settings`,
    ];
  });
  return [
    `### ${prose(`\`${platform}\` is valid`)}`,
    'Checked without credentials: the platform file and its lock, every scope, the Terraform configuration, and the format of Terraform files. What would change is planned once the commits are on a branch of this repository.',
    table(['Scope', 'Region', 'Resource group', ''], rows),
  ];
}
