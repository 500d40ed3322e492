import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import type { ApiAnswer, ApiClient } from './api-client.ts';

/** What an operator would do whose pods are only played: it reacts to its custom resources. */
export interface Operator {
  /** All of one kind: `/apis/cert-manager.io/v1/clusterissuers`. They need not be known yet. */
  readonly resources: string;
  /** Is called with each object, now and after every change of it; a rejection is tried again. */
  readonly reconcile: (object: JsonObject, api: ApiClient) => Promise<unknown>;
}

/** The conditions of an object of the API, as its operator writes them into the status: true, for what it has seen. */
export function conditionsOf(object: JsonObject, ...types: readonly string[]): readonly object[] {
  const { generation, creationTimestamp } = asObject(object['metadata']);
  return types.map(type => ({
    type,
    status: 'True',
    reason: type,
    message: '',
    observedGeneration: generation,
    lastTransitionTime: creationTimestamp,
  }));
}

/** It is there already, somebody else was quicker, or it is gone: the change is told, and comes round again. */
export function passed({ status, body }: ApiAnswer): void {
  if (status >= 300 && status !== 409 && status !== 404) throw new Error(`${status} ${JSON.stringify(body)}`);
}

/** Operates until the returned function is called, which throws an Error when the last reaction to an object failed. */
export function operate(api: ApiClient, { resources, reconcile }: Operator): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  let failure: unknown;

  const react = async (object: JsonObject) => {
    try {
      await reconcile(object, api);
      failure = undefined;
    } catch (error) {
      failure = error;
      throw error;
    }
  };

  const attend = async () => {
    const { status, body } = await api.call('GET', resources);
    if (status !== 200) return; // their definition has yet to come
    const { items, metadata } = asObject(body);
    for (const item of asArray(items)) await react(asObject(item));
    const version = asString(asObject(metadata)['resourceVersion']) ?? '';
    for await (const { type, object } of api.watch(resources, version, signal)) {
      if (type === 'ADDED' || type === 'MODIFIED') await react(object);
    }
  };

  const run = async () => {
    while (!signal.aborted) {
      await attend().catch(() => undefined); // from the start again
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  };
  void run();
  return () => {
    stopping.abort();
    if (failure !== undefined) throw new Error(`The operator of ${resources} failed.`, { cause: failure });
  };
}
