import type { Problem } from '@suite/foundation';
import type { Platform } from '../platform.ts';
import type { Path } from '../position.ts';
import type { OwnTerraformSource } from '../schema/own-terraform.ts';
import { allowable } from '../schema.ts';

type Report = (setting: Path, message: string, remedy: string) => void;

/** A scope has one root: the suite's, with or without an extension, or somebody's own. */
export function checkOwnTerraform(said: OwnTerraformSource | undefined, report: Report): void {
  if (said === undefined || said === false) return;
  const { extend, 'working-directory': root, variables } = said;
  if (extend !== undefined && root !== undefined) {
    report(
      ['terraform', 'working-directory'],
      "`working-directory` takes the place of the suite's own root, so there is nothing for `extend` to extend.",
      'Keep one of the two. Where the other one comes from `defaults`, take it out there and say it in each environment.',
    );
  }
  if (extend === undefined && root === undefined && variables !== undefined) {
    report(
      ['terraform', 'variables'],
      "`variables` belong to Terraform of your own, and none is named: the suite's own root gets its variables from this file.",
      'Name a folder as `extend` or `working-directory`, or take them out.',
    );
  }
}

/** What the suite makes in one kind of scope only, `allow:` of the other may name only where Terraform of somebody's own may make it too. */
export function checkAllowed(
  { source, document }: Platform,
  scope: string,
  hasOwnTerraform: boolean,
  isSound: boolean,
  problems: Problem[],
): void {
  if (hasOwnTerraform || !isSound) return;
  const isShared = scope === 'shared';
  const foreign: readonly string[] = isShared ? allowable.environment : allowable.shared;
  const here: readonly string[] = isShared ? allowable.shared : allowable.environment;
  const at: Path = isShared ? ['shared', 'allow'] : ['environments', scope, 'allow'];
  const allow = isShared ? source.shared.allow : source.environments[scope]?.allow;
  for (const [index, key] of (allow ?? []).entries()) {
    if (here.includes(key) || !foreign.includes(key)) continue;
    problems.push({
      message: `\`${at.join('.')}[${index}]\` is \`${key}\`.`,
      location: document.locate([...at, index]),
      remedy: `It belongs under \`allow\` of ${isShared ? 'an environment' : '`shared`'}.`,
    });
  }
}
