import { z } from 'zod';
import { platformSource } from './schema.ts';

/** JSON Schema (draft 2020-12) of the platform file, for editors. */
export function platformSchema(): object {
  return {
    $id: 'https://raw.githubusercontent.com/org/actions/v1/schemas/platform.v1.schema.json',
    title: 'Platform file',
    ...z.toJSONSchema(platformSource, { target: 'draft-2020-12', io: 'input' }),
  };
}
