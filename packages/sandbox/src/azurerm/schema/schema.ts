import data from '../data/azurerm-5.2.0.json' with { type: 'json' };

/** A type as Terraform writes it in JSON: `"string"`, `["list", "string"]`, `["object", {…}]`. */
export type CtyType =
  | 'string'
  | 'number'
  | 'bool'
  | readonly ['list' | 'set' | 'map', CtyType]
  | readonly ['object', { readonly [name: string]: CtyType }];

export interface AttributeSchema {
  readonly type: CtyType;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly sensitive?: boolean;
  readonly write_only?: boolean;
}

export interface NestedBlockSchema {
  readonly nesting_mode: 'single' | 'list' | 'set';
  readonly min_items?: number;
  readonly max_items?: number;
  readonly block: BlockSchema;
}

export interface BlockSchema {
  readonly attributes?: { readonly [name: string]: AttributeSchema };
  readonly block_types?: { readonly [name: string]: NestedBlockSchema };
}

export interface DataSourceSchema {
  readonly version: number;
  readonly block: BlockSchema;
}

/** Paths leave out list indices: `default_node_pool.type`. Those inside the rules of validation keep the SDK's `.0.`. */
export interface ResourceSchema extends DataSourceSchema {
  readonly forceNew: readonly string[];
  readonly defaults: { readonly [path: string]: string | number | boolean };
  /** Nested blocks that Azure fills in when the configuration has none; a schema answer cannot say so. */
  readonly computedBlocks?: readonly string[];
  /** Texts that mean the same in any case, and moments of time that may be written in several ways. */
  readonly caseless?: readonly string[];
  readonly moments?: readonly string[];
  readonly conflictsWith?: PathRules;
  readonly exactlyOneOf?: PathRules;
  readonly atLeastOneOf?: PathRules;
  readonly requiredWith?: PathRules;
}

export interface PathRules {
  readonly [path: string]: readonly string[];
}

export interface ProviderSchema {
  readonly provider: BlockSchema;
  readonly resources: { readonly [type: string]: ResourceSchema };
  readonly dataSources: { readonly [type: string]: DataSourceSchema };
}

/** What azurerm 5.2.0 says of itself, for the types that the sandbox plays. data/README.md tells how it was made. */
export const azurermSchema = data as unknown as ProviderSchema;

/** The type of a whole object of this block, nested blocks included. */
export function blockType(block: BlockSchema): CtyType {
  const attributes: { [name: string]: CtyType } = {};
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) attributes[name] = attribute.type;
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    const inner = blockType(nested.block);
    attributes[name] = nested.nesting_mode === 'single' ? inner : [nested.nesting_mode, inner];
  }
  return ['object', attributes];
}
