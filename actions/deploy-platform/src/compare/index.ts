export type { FieldChange, ObjectChange, ObjectPair } from './compare-object.ts';
export { compareObject } from './compare-object.ts';
export { createDefinitions } from './definition-rules.ts';
export { allowKeyOf, describe, guardRemoval } from './describe.ts';
export { hiddenValue, isSecret } from './secret-data.ts';
