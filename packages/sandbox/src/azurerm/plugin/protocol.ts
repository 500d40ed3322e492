import type { Descriptor } from './protobuf.ts';

/** Messages of Terraform's plugin protocol, version 5, as far as Terraform 1.11 uses them with a provider. */

const dynamicValue = { msgpack: [1, 'bytes'], json: [2, 'bytes'] } satisfies Descriptor;

const attributePathStep: Descriptor = {
  attributeName: [1, 'string'],
  elementKeyString: [2, 'string'],
  elementKeyInt: [3, 'int'],
};
const attributePath: Descriptor = { steps: [1, attributePathStep, 'repeated'] };

export const severity = { error: 1, warning: 2 } as const;
const diagnostic: Descriptor = {
  severity: [1, 'int'],
  summary: [2, 'string'],
  detail: [3, 'string'],
  attribute: [4, attributePath],
};

export const nesting = { single: 1, list: 2, set: 3, map: 4 } as const;
const schemaAttribute: Descriptor = {
  name: [1, 'string'],
  type: [2, 'bytes'],
  required: [4, 'bool'],
  optional: [5, 'bool'],
  computed: [6, 'bool'],
  sensitive: [7, 'bool'],
  writeOnly: [10, 'bool'],
};
const schemaBlock: { [field: string]: Descriptor[string] } = { attributes: [2, schemaAttribute, 'repeated'] };
schemaBlock['blockTypes'] = [
  3,
  {
    typeName: [1, 'string'],
    block: [2, schemaBlock],
    nesting: [3, 'int'],
    minItems: [4, 'int'],
    maxItems: [5, 'int'],
  },
  'repeated',
];
const schema: Descriptor = { version: [1, 'int'], block: [2, schemaBlock] };

const serverCapabilities: Descriptor = {
  planDestroy: [1, 'bool'],
  getProviderSchemaOptional: [2, 'bool'],
  moveResourceState: [3, 'bool'],
};

const diagnosticsOnly: Descriptor = { diagnostics: [1, diagnostic, 'repeated'] };
const typeAndConfig: Descriptor = { typeName: [1, 'string'], config: [2, dynamicValue] };

/** Method of `tfplugin5.Provider` → the shapes of its request and response. */
export const providerMethods = {
  GetMetadata: {
    request: {},
    response: {
      serverCapabilities: [1, serverCapabilities],
      dataSources: [3, { typeName: [1, 'string'] }, 'repeated'],
      resources: [4, { typeName: [1, 'string'] }, 'repeated'],
    },
  },
  GetSchema: {
    request: {},
    response: {
      provider: [1, schema],
      resourceSchemas: [2, schema, 'map'],
      dataSourceSchemas: [3, schema, 'map'],
      serverCapabilities: [6, serverCapabilities],
    },
  },
  PrepareProviderConfig: {
    request: { config: [1, dynamicValue] },
    response: { preparedConfig: [1, dynamicValue], diagnostics: [2, diagnostic, 'repeated'] },
  },
  ValidateResourceTypeConfig: { request: typeAndConfig, response: diagnosticsOnly },
  ValidateDataSourceConfig: { request: typeAndConfig, response: diagnosticsOnly },
  UpgradeResourceState: {
    request: { typeName: [1, 'string'], version: [2, 'int'], rawState: [3, { json: [1, 'bytes'] }] },
    response: { upgradedState: [1, dynamicValue], diagnostics: [2, diagnostic, 'repeated'] },
  },
  Configure: {
    request: { terraformVersion: [1, 'string'], config: [2, dynamicValue] },
    response: diagnosticsOnly,
  },
  ReadResource: {
    request: { typeName: [1, 'string'], currentState: [2, dynamicValue], private: [3, 'bytes'] },
    response: { newState: [1, dynamicValue], diagnostics: [2, diagnostic, 'repeated'], private: [3, 'bytes'] },
  },
  PlanResourceChange: {
    request: {
      typeName: [1, 'string'],
      priorState: [2, dynamicValue],
      proposedNewState: [3, dynamicValue],
      config: [4, dynamicValue],
      priorPrivate: [5, 'bytes'],
    },
    response: {
      plannedState: [1, dynamicValue],
      requiresReplace: [2, attributePath, 'repeated'],
      plannedPrivate: [3, 'bytes'],
      diagnostics: [4, diagnostic, 'repeated'],
      legacyTypeSystem: [5, 'bool'],
    },
  },
  ApplyResourceChange: {
    request: {
      typeName: [1, 'string'],
      priorState: [2, dynamicValue],
      plannedState: [3, dynamicValue],
      config: [4, dynamicValue],
      plannedPrivate: [5, 'bytes'],
    },
    response: {
      newState: [1, dynamicValue],
      private: [2, 'bytes'],
      diagnostics: [3, diagnostic, 'repeated'],
      legacyTypeSystem: [4, 'bool'],
    },
  },
  ImportResourceState: {
    request: { typeName: [1, 'string'], id: [2, 'string'] },
    response: {
      importedResources: [1, { typeName: [1, 'string'], state: [2, dynamicValue], private: [3, 'bytes'] }, 'repeated'],
      diagnostics: [2, diagnostic, 'repeated'],
    },
  },
  MoveResourceState: {
    request: { sourceTypeName: [2, 'string'], targetTypeName: [5, 'string'] },
    response: { targetState: [1, dynamicValue], diagnostics: [2, diagnostic, 'repeated'] },
  },
  ReadDataSource: {
    request: typeAndConfig,
    response: { state: [1, dynamicValue], diagnostics: [2, diagnostic, 'repeated'] },
  },
  GetFunctions: { request: {}, response: {} },
  Stop: { request: {}, response: { error: [1, 'string'] } },
} as const satisfies { readonly [method: string]: { readonly request: Descriptor; readonly response: Descriptor } };

export type ProviderMethod = keyof typeof providerMethods;
