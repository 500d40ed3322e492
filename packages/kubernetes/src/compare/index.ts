export type { FieldChange, ObjectChange, ObjectPair, RenderedPair } from './compare-object.ts';
export { compareObject, compareRendered, isKept } from './compare-object.ts';
export { createDefinitions } from './definition-rules.ts';
export { allowKeyOf, describe, guardRemoval } from './describe.ts';
export { enforcedWebhooks, enforcerSwitch, escapesEnforcer, isWebhookConfiguration } from './enforcer.ts';
export { describePath, type Path } from './paths.ts';
export { quantityNumber } from './quantity.ts';
export { hiddenValue, isSecret } from './secret-data.ts';
