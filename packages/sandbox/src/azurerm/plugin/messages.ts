import { type BlockSchema, blockType } from '../schema/schema.ts';
import { conform, decodeValue, encodeValue, isObjectValue, type ObjectValue, type Value } from '../schema/values.ts';
import type { Message } from './protobuf.ts';
import { nesting, severity } from './protocol.ts';

/** Conversions between the protocol's messages and our own values. */

export function schemaMessage(version: number, block: BlockSchema): Message {
  return { version, block: blockMessage(block) };
}

function blockMessage(block: BlockSchema): Message {
  return {
    attributes: Object.entries(block.attributes ?? {}).map(([name, attribute]) => ({
      name,
      type: Buffer.from(JSON.stringify(attribute.type)),
      required: attribute.required,
      optional: attribute.optional,
      computed: attribute.computed,
      sensitive: attribute.sensitive,
      writeOnly: attribute.write_only,
    })),
    blockTypes: Object.entries(block.block_types ?? {}).map(([typeName, nested]) => ({
      typeName,
      block: blockMessage(nested.block),
      nesting: nesting[nested.nesting_mode],
      minItems: nested.min_items,
      maxItems: nested.max_items,
    })),
  };
}

/** The object in a `DynamicValue`, or null for a resource that is not there. */
export function readObject(message: unknown): ObjectValue | null {
  const bytes = (message as { readonly msgpack?: Uint8Array } | undefined)?.msgpack;
  const value = bytes === undefined || bytes.length === 0 ? null : decodeValue(bytes);
  return isObjectValue(value) ? value : null;
}

export function objectMessage(
  block: BlockSchema,
  value: ObjectValue | null,
  unknowns: 'keep' | 'drop' = 'keep',
): Message {
  return { msgpack: encodeValue(value === null ? null : conform(blockType(block), value, unknowns)) };
}

export interface Diagnostic {
  readonly summary: string;
  readonly detail?: string;
  readonly path?: readonly (string | number)[];
}

export function diagnosticMessages(diagnostics: readonly Diagnostic[]): readonly Message[] {
  return diagnostics.map(({ summary, detail, path }) => ({
    severity: severity.error,
    summary,
    detail,
    attribute: path === undefined ? undefined : pathMessage(path),
  }));
}

export function pathMessage(path: readonly (string | number)[]): Message {
  return {
    steps: path.map(step => (typeof step === 'string' ? { attributeName: step } : { elementKeyInt: step })),
  };
}

/** State as Terraform stored it, read by the schema: attributes that the schema no longer has are dropped. */
export function upgradeState(block: BlockSchema, json: unknown): Value {
  return conform(blockType(block), JSON.parse(Buffer.from(json as Uint8Array).toString('utf8')) as Value);
}
