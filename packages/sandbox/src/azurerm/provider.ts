import { type Clock, errorMessage } from '@suite/foundation';
import { armClient } from './arm/client.ts';
import { type Credential, oidcCredential } from './arm/credential.ts';
import { readFeatures, readSettings } from './arm/settings.ts';
import { exclusiveRunner } from './exclusive.ts';
import {
  type Diagnostic,
  diagnosticMessages,
  objectMessage,
  pathMessage,
  readObject,
  schemaMessage,
  upgradeState,
} from './plugin/messages.ts';
import type { Message } from './plugin/protobuf.ts';
import type { ProviderHandlers } from './plugin/serve.ts';
import { planChange } from './schema/plan.ts';
import { reconcile } from './schema/reconcile.ts';
import { azurermSchema, blockType, type ResourceSchema } from './schema/schema.ts';
import { checkRules } from './schema/validate.ts';
import { isObjectValue, type ObjectValue, unknown } from './schema/values.ts';
import { dataSources, resourceTypes } from './types/index.ts';
import type { Azure, DataSource, ResourceType } from './types/resource-type.ts';

// As azurerm's two halves announce together. With the second one Terraform asks for the schema once, not each time that it starts a provider.
const capabilities: Message = { planDestroy: true, getProviderSchemaOptional: true, moveResourceState: true };

/** The provider's answers to Terraform. `environment` is where azurerm finds whatever the configuration leaves out. */
export function azurermProvider(environment: NodeJS.ProcessEnv, clock: Clock): ProviderHandlers {
  const stopping = new AbortController();
  const exclusively = exclusiveRunner();
  let configured: Azure | undefined;

  function connect(
    config: ObjectValue,
  ): { readonly azure: Azure; readonly credential: Credential } | { readonly problem: string } {
    const outcome = readSettings(config, environment);
    if ('problem' in outcome) return outcome;
    const credential = oidcCredential(outcome.settings, clock);
    const azure: Azure = {
      arm: armClient(credential, outcome.settings.endpoints.resourceManager, clock, stopping.signal),
      subscriptionId: outcome.settings.subscriptionId,
      identity: () => credential.identity(stopping.signal),
      exclusively,
      pause: milliseconds => clock.sleep(milliseconds, stopping.signal),
      features: readFeatures(config),
    };
    return { azure, credential };
  }

  function azure(): Azure {
    if (configured === undefined) throw new Error('the provider has not been configured');
    return configured;
  }

  return {
    GetMetadata: () => ({
      serverCapabilities: capabilities,
      resources: Object.keys(azurermSchema.resources).map(typeName => ({ typeName })),
      dataSources: Object.keys(azurermSchema.dataSources).map(typeName => ({ typeName })),
    }),

    GetSchema: () => ({
      serverCapabilities: capabilities,
      provider: schemaMessage(0, azurermSchema.provider),
      resourceSchemas: schemas(azurermSchema.resources),
      dataSourceSchemas: schemas(azurermSchema.dataSources),
    }),

    GetFunctions: () => ({}),

    PrepareProviderConfig: request => ({ preparedConfig: request['config'] }),

    Configure: async request => {
      const outcome = connect(readObject(request['config']) ?? {});
      if ('problem' in outcome) return failed([{ summary: outcome.problem }]);
      try {
        await outcome.credential.identity(stopping.signal);
      } catch (error) {
        return failed([
          { summary: `building account: could not acquire access token to parse claims: ${errorMessage(error)}` },
        ]);
      }
      configured = outcome.azure;
      return {};
    },

    Stop: () => {
      stopping.abort();
      return {};
    },

    ValidateResourceTypeConfig: request => {
      const { schema, type } = resourceOf(request);
      const config = readObject(request['config']) ?? {};
      return failed([...checkRules(schema, config), ...(type.validate?.(config) ?? [])]);
    },

    ValidateDataSourceConfig: () => ({}),

    UpgradeResourceState: request => {
      const { schema } = resourceOf(request);
      const json = (request['rawState'] as { readonly json?: Uint8Array } | undefined)?.json;
      const state = upgradeState(schema.block, json);
      return { upgradedState: objectMessage(schema.block, isObjectValue(state) ? state : null) };
    },

    ReadResource: async request => {
      const { schema, type } = resourceOf(request);
      const state = readObject(request['currentState']);
      if (state === null) return { newState: request['currentState'], private: request['private'] };
      return attempt({ newState: request['currentState'], private: request['private'] }, async () => {
        const read = await type.read(azure(), String(state['id']), state);
        const newState = read === undefined ? null : reconcile(blockType(schema.block), read, state, 'refresh');
        return { newState: objectMessage(schema.block, newState), private: request['private'] };
      });
    },

    PlanResourceChange: request => {
      const { schema, type } = resourceOf(request);
      const prior = readObject(request['priorState']);
      const config = readObject(request['config']);
      const common = { plannedPrivate: request['priorPrivate'], legacyTypeSystem: true };
      if (config === null || readObject(request['proposedNewState']) === null) {
        return { ...common, plannedState: request['proposedNewState'] };
      }
      const { planned, requiresReplace } = planChange(schema, prior, config);
      const refinement = type.refine?.(prior, planned) ?? {};
      const unchanged = refinement.unchanged ?? [];
      const adjusted = {
        ...planned,
        ...Object.fromEntries(unchanged.map(name => [name, prior?.[name] ?? null])),
        ...Object.fromEntries((refinement.unknown ?? []).map(name => [name, unknown])),
        ...refinement.values,
      };
      return {
        ...common,
        plannedState: objectMessage(schema.block, adjusted),
        requiresReplace: [
          ...requiresReplace.filter(path => !unchanged.includes(String(path[0]))),
          ...(refinement.requiresReplace ?? []),
        ].map(pathMessage),
        diagnostics: diagnosticMessages((refinement.problems ?? []).slice(0, 1).map(summary => ({ summary }))),
      };
    },

    ApplyResourceChange: async request => {
      const { schema, type } = resourceOf(request);
      const prior = readObject(request['priorState']);
      const planned = readObject(request['plannedState']);
      const common = { private: request['plannedPrivate'], legacyTypeSystem: true };
      if (planned === null) {
        return attempt({ ...common, newState: request['priorState'] }, async () => {
          if (prior !== null) await type.delete(azure(), String(prior['id']), prior);
          return { ...common, newState: objectMessage(schema.block, null) };
        });
      }
      const config = readObject(request['config']) ?? {};
      // A create that fails leaves nothing in the state; an update that fails leaves what was planned, which the next refresh corrects.
      const onFailure = { ...common, newState: objectMessage(schema.block, prior === null ? null : planned, 'drop') };
      const written = await attempt<{ readonly id: string } | Message>(onFailure, async () => {
        if (prior === null) return { id: await type.create(azure(), planned, config) };
        const id = String(prior['id']);
        await type.update(azure(), id, prior, planned, config);
        return { id };
      });
      if (!('id' in written)) return written;
      const id = String(written.id);
      const unread = { ...common, newState: objectMessage(schema.block, { ...planned, id }, 'drop') };
      return attempt(unread, async () => {
        const read = await type.read(azure(), id, { ...planned, id });
        const newState = read === undefined ? null : reconcile(blockType(schema.block), read, planned, 'apply');
        return { ...common, newState: objectMessage(schema.block, newState) };
      });
    },

    ImportResourceState: request => {
      const { schema, type } = resourceOf(request);
      const id = String(request['id']);
      const problem = type.checkImportId(id);
      if (problem !== undefined) return { diagnostics: diagnosticMessages([{ summary: problem }]) };
      const state = objectMessage(schema.block, { id });
      return { importedResources: [{ typeName: request['typeName'], state }] };
    },

    MoveResourceState: request => ({
      diagnostics: diagnosticMessages([
        {
          summary: 'Move Resource State Not Supported',
          detail: `The "${request['targetTypeName']}" resource type does not support moving resource state across resource types.`,
        },
      ]),
    }),

    ReadDataSource: async request => {
      const { schema, source } = dataSourceOf(request);
      const config = readObject(request['config']) ?? {};
      return attempt({}, async () => {
        const read = await source.read(azure(), config);
        return { state: objectMessage(schema.block, reconcile(blockType(schema.block), read, config, 'refresh')) };
      });
    },
  };
}

function schemas(all: { readonly [type: string]: Pick<ResourceSchema, 'version' | 'block'> }): Message {
  return Object.fromEntries(
    Object.entries(all).map(([type, { version, block }]) => [type, schemaMessage(version, block)]),
  );
}

function resourceOf(request: Message): { readonly schema: ResourceSchema; readonly type: ResourceType } {
  const name = String(request['typeName']);
  const schema = azurermSchema.resources[name];
  const type = resourceTypes[name];
  if (schema === undefined || type === undefined) throw new Error(`${name} is not played by the sandbox`);
  return { schema, type };
}

function dataSourceOf(request: Message): {
  readonly schema: Pick<ResourceSchema, 'block'>;
  readonly source: DataSource;
} {
  const name = String(request['typeName']);
  const schema = azurermSchema.dataSources[name];
  const source = dataSources[name];
  if (schema === undefined || source === undefined) throw new Error(`${name} is not played by the sandbox`);
  return { schema, source };
}

function failed(diagnostics: readonly Diagnostic[]): Message {
  return { diagnostics: diagnosticMessages(diagnostics) };
}

/** A failure is an answer with a diagnostic beside what is known anyway. */
async function attempt<T extends Message>(otherwise: Message, operation: () => Promise<T>): Promise<T | Message> {
  try {
    return await operation();
  } catch (error) {
    return { ...otherwise, ...failed([{ summary: errorMessage(error) }]) };
  }
}
