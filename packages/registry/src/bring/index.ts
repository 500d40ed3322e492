export { type BringOptions, type Brought, bringImages, type ImageToBring } from './bring.ts';
export { confirm, type ImageDifference } from './confirm.ts';
export type { ImportManifest, ImportPlace, ImportRefusal } from './imports.ts';
export { chooseWay, type RegistryFacts, type Way } from './way.ts';
