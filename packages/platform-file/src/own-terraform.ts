import type { OwnTerraform } from './resolved.ts';
import type { OwnTerraformSource } from './schema/own-terraform.ts';

/** Empty where the suite's own root stands alone. What names both or neither is refused when the file is read. */
export function resolveOwnTerraform(
  { scope, region }: { readonly scope: string; readonly region: string },
  said: OwnTerraformSource | undefined,
): { readonly terraform?: OwnTerraform } {
  if (said === undefined || said === false) return {};
  const { extend, 'working-directory': root, variables = [] } = said;
  const fill = (path: string) => path.replaceAll('{environment}', scope).replaceAll('{region}', region);
  const folder = root ?? extend;
  if (folder === undefined) return {};
  return {
    terraform: {
      kind: root === undefined ? 'extension' : 'root',
      folder: fill(folder),
      variables: variables.map(fill),
    },
  };
}
