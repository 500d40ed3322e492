import type { TokenCredential } from '@azure/core-auth';
import { asArray, asObject, asString, errorMessage, isObject, parseJson, UserError } from '@suite/foundation';
import { readFailure, translateRequestFailure, withRetries } from '../failure.ts';
import { createSend, type HttpRequest } from '../pipeline.ts';
import { type ArmOptions, isAbsent } from '../resource-reader.ts';
import { type Answer, known } from './answer.ts';

/** A question to the resource manager. */
export interface Question {
  /** Begins with `/`, without query. */
  readonly path: string;
  readonly apiVersion: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Makes it a POST. */
  readonly body?: unknown;
  /** Reads on after "while": `asking which sizes westeurope has`. */
  readonly doing: string;
  /** The right that it takes, for the message of a 403. */
  readonly right: { readonly action: string; readonly scope: string };
}

/** Asks within bounds and never throws for what the other side does. */
export interface Arm {
  ask<T>(question: Question, read: (body: unknown) => T): Promise<Answer<T>>;
  /** As `ask`, but 404 means that there is no such thing. */
  find<T>(question: Question, read: (body: unknown) => T): Promise<Answer<T | undefined>>;
  /** All pages of a list, `value` and `nextLink`. */
  list(question: Question): Promise<Answer<readonly unknown[]>>;
}

// A list of sizes takes Azure some seconds; whatever takes longer would hold the plan up.
const timeoutMs = 10_000;
// One that points at itself must not keep us for ever.
const mostPages = 50;

export function createArm(credential: TokenCredential, options: ArmOptions): Arm {
  const { cloud, identity, clock, httpClient } = options;
  const root = cloud.resourceManager;
  const send = createSend({
    credential,
    scope: `${root}/.default`,
    ...(httpClient === undefined ? {} : { httpClient }),
  });

  const fetch = async (request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>): Promise<unknown> => {
    const once = () => send({ ...request, timeoutMs, answers: [200] });
    const response = await withRetries(once, { clock, attempts: 2, capMs: 1000 });
    return parseJson(response.bodyAsText ?? '');
  };

  const answer = async <T>({ doing, right }: Question, work: () => Promise<T>): Promise<Answer<T>> => {
    try {
      return known(await work());
    } catch (error) {
      const host = new URL(root).host;
      if (readFailure(error).code === 'ETIMEDOUT') {
        return { known: false, why: `${host} did not answer within ${timeoutMs / 1000} s while ${doing}.` };
      }
      return unanswered(translateRequestFailure(error, { identity, doing, host, right }));
    }
  };

  const once = (question: Question): Promise<unknown> => {
    const { body } = question;
    const url = urlOf(root, question);
    if (body === undefined) return fetch({ method: 'GET', url });
    const headers = { 'content-type': 'application/json' };
    return fetch({ method: 'POST', url, headers, body: JSON.stringify(body) });
  };

  return {
    ask: (question, read) => answer(question, async () => read(await once(question))),
    find: (question, read) =>
      answer(question, async () => {
        try {
          return read(await once(question));
        } catch (error) {
          if (isAbsent(error)) return undefined;
          throw error;
        }
      }),
    list: question =>
      answer(question, async () => {
        const items: unknown[] = [];
        let url: string | undefined = urlOf(root, question);
        for (let page = 0; url !== undefined; page++) {
          // The token goes nowhere but to the resource manager, whatever a page says.
          if (page === mostPages || !url.startsWith(`${root}/`)) {
            throw new UserError({ message: `The list that was read while ${question.doing} does not end.` });
          }
          const body = asObject(await fetch({ method: 'GET', url }));
          items.push(...asArray(body['value']));
          url = asString(body['nextLink']);
          if (url === '') url = undefined;
        }
        return items;
      }),
  };
}

function urlOf(root: string, { path, apiVersion, query = {} }: Question): string {
  const search = new URLSearchParams({ 'api-version': apiVersion, ...query });
  return `${root}${encodeURI(path)}?${search.toString().replaceAll('+', '%20')}`;
}

/** Failures become answers; a defect of ours stays one. */
function unanswered(error: unknown): { readonly known: false; readonly why: string; readonly remedy?: string } {
  if (!(error instanceof UserError)) throw error;
  const [problem] = error.problems;
  return {
    known: false,
    why: problem?.message ?? errorMessage(error),
    ...(problem?.remedy === undefined ? {} : { remedy: problem.remedy }),
  };
}

/** `westeurope` for `West Europe`: Azure writes both. */
export function shortLocation(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}

export function properties(body: unknown): Readonly<Record<string, unknown>> {
  return asObject(asObject(body)['properties']);
}

export function strings(value: unknown): string[] {
  return asArray(value).flatMap(item => asString(item) ?? []);
}

export function objects(value: unknown): Readonly<Record<string, unknown>>[] {
  return asArray(value).filter(isObject);
}
