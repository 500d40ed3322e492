import { readFileSync } from 'node:fs';
import { parsePlatform, resolveAll } from '@suite/platform-file';
import { lockFor } from '@suite/platform-file/testing';
import { terraformRoot, terraformVariables } from './variables.ts';

/** Scopes of `examples/platform-files` that Terraform's own tests plan, each with an option that no other one has. */
const chosen = {
  minimal: ['shared', 'dev'],
  guide: ['shared', 'dev', 'prod'],
  private: ['prod'],
  existing: ['shared', 'dev'],
} as const;

/** What Terraform is told for them, by the path of the file below `terraform/` that holds it. */
export function exampleVariables(): Map<string, unknown> {
  return new Map(
    Object.entries(chosen).flatMap(([example, scopes]) => {
      const views = resolveExample(example);
      return views
        .filter(({ scope }) => scopes.some(wanted => wanted === scope))
        .map(view => [`${terraformRoot(view)}/tests/${example}-${view.scope}.json`, terraformVariables(view)] as const);
    }),
  );
}

/** Every scope of an example, with a lock that knows it. */
function resolveExample(example: string) {
  const path = new URL(`../../../examples/platform-files/${example}.yaml`, import.meta.url);
  const platform = parsePlatform(readFileSync(path), `${example}.yaml`);
  return resolveAll(platform, lockFor(platform));
}
