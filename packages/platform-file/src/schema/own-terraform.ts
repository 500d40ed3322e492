import { z } from 'zod';
import { block, list, named } from './vocabulary.ts';

/** Placeholders are filled in before it is used. Only its beginning may lead upwards; what leaves the repository is refused when it is looked for. */
const folder = named(
  /^(?!\/)(?:\.\.\/){0,8}(?!(?:.*\/)?\.{1,2}(?:\/|$))(?:[A-Za-z0-9._/-]|\{environment\}|\{region\}){1,200}(?<!\/)$/,
  'Expected a folder, seen from the platform file, such as terraform/environment.',
);

const variableFile = named(
  /^(?!\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))(?:[A-Za-z0-9._/-]|\{environment\}|\{region\}){1,200}\.tfvars(?:\.json)?$/,
  'Expected a file of variables in that folder, such as {environment}.tfvars.',
);

const settings = block({
  extend: folder
    .describe(
      "Folder with `.tf` files that are laid beside the suite's own root and may refer to it, seen from the platform file. `{environment}` and `{region}` stand for their names.",
    )
    .optional(),
  'working-directory': folder
    .describe(
      'Folder of a root of your own that takes the place of the suite\'s, seen from the platform file. It has to say `backend "azurerm" {}`. `{environment}` and `{region}` stand for their names.',
    )
    .optional(),
  variables: list(variableFile)
    .meta({
      description:
        'Files of variables in that folder, the later one over the earlier one. `{environment}` and `{region}` stand for their names. `terraform.tfvars` and `*.auto.tfvars` are read without being named.',
      default: [],
    })
    .optional(),
});

export const ownTerraform = z
  .union([settings, z.literal(false, { error: 'Expected a block of settings, or false.' })])
  .describe('Terraform of your own. `false` leaves an environment or region out.');

export type OwnTerraformSource = z.infer<typeof ownTerraform>;
