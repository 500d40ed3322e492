/** Edits of YAML files that touch nothing but what they name. */
export { kindOf, mapsOf, NotEditable, nodeAt, type Path, pairOf, parseYaml, stringAt, textOf } from './document.ts';
export { type Change, editYaml } from './edit.ts';
