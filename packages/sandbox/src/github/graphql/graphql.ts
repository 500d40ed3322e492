import { asObject, asString, type JsonObject } from '@suite/foundation';
import { buildSchema, type ExecutionResult, GraphQLError, type GraphQLFormattedError, graphql, parse } from 'graphql';
import { rootOf } from './resolvers.ts';
import { schemaText } from './schema.ts';
import type { Viewer } from './viewer.ts';

const schema = buildSchema(schemaText);

export type Operation = 'query' | 'mutation';

/** What a request's text does; what cannot be read does nothing, so it counts as a query. */
export function operationOf(body: JsonObject): Operation {
  const name = asString(body['operationName']);
  try {
    const operations = parse(asString(body['query']) ?? '').definitions.filter(
      one => one.kind === 'OperationDefinition',
    );
    const meant = name === undefined ? operations : operations.filter(one => one.name?.value === name);
    return meant.some(({ operation }) => operation === 'mutation') ? 'mutation' : 'query';
  } catch {
    return 'query';
  }
}

/** Answers with 200 whatever is wrong with the query, as GitHub does; `type` of its errors stands where GitHub puts it. */
export async function answerGraphql(viewer: Viewer, body: JsonObject): Promise<object> {
  const source = asString(body['query']);
  if (source === undefined) {
    return { errors: [{ message: 'A query attribute must be specified and must be a string.' }] };
  }
  const result: ExecutionResult = await graphql({
    schema,
    source,
    rootValue: rootOf(viewer),
    variableValues: asObject(body['variables']),
    operationName: asString(body['operationName']) ?? null,
  });
  for (const { originalError } of result.errors ?? []) {
    // A mistake of the sandbox must not pass for an answer of GitHub.
    if (originalError !== undefined && !(originalError instanceof GraphQLError)) throw originalError;
  }
  return {
    ...(result.data === undefined ? {} : { data: result.data }),
    ...(result.errors === undefined ? {} : { errors: result.errors.map(error => errorJson(error.toJSON())) }),
  };
}

function errorJson({ extensions, ...error }: GraphQLFormattedError): object {
  const { type, ...more } = extensions ?? {};
  return {
    ...(type === undefined ? {} : { type }),
    ...error,
    ...(Object.keys(more).length === 0 ? {} : { extensions: more }),
  };
}
