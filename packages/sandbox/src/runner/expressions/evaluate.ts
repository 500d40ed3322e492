import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { Json } from '@suite/foundation';

/** What an expression may speak of. */
export interface Scope {
  /** By name: github, needs, … */
  readonly contexts: Readonly<Record<string, unknown>>;
  readonly functions?: Readonly<Record<string, ScopeFunction>>;
}

export interface ScopeFunction {
  readonly minArgs?: number;
  readonly maxArgs?: number;
  call(...args: readonly Json[]): Json;
}

/** Evaluates an expression without `${{ }}` as GitHub does. Throws with GitHub's words for what it does not understand. */
export function evaluate(text: string, scope: Scope): Json {
  const functions = Object.entries(scope.functions ?? {}).map(([name, definition]) => ({
    name: name.toLowerCase(),
    minArgs: definition.minArgs ?? 0,
    maxArgs: definition.maxArgs ?? 0,
    call: (...args: data.ExpressionData[]) => toData(definition.call(...args.map(fromData))),
  }));
  const tree = new Parser(tokensOf(text), Object.keys(scope.contexts), functions).parse();
  const byName = new Map(functions.map(definition => [definition.name, definition]));
  return fromData(new Evaluator(tree, contextsOf(text, scope), byName).evaluate());
}

/** Throws when the expression speaks of something that is not there; evaluates nothing. */
export function checkExpression(text: string, contexts: readonly string[], functions: readonly string[]): void {
  const anyCount = functions.map(name => ({ name: name.toLowerCase(), minArgs: 0, maxArgs: 255 }));
  new Parser(tokensOf(text), [...contexts], anyCount).parse();
}

export function isTruthy(value: Json): boolean {
  return typeof value === 'object' ? value !== null : Boolean(value);
}

/** As GitHub writes a value into text: null is empty, a list is `Array`. */
export function toText(value: Json): string {
  return toData(value).coerceString();
}

/** The lexer of 0.3.61 turns only the first `''` of a text into a quote; GitHub turns all of them. */
function tokensOf(text: string) {
  return new Lexer(text).lex().tokens.map(token => {
    if (typeof token.value !== 'string' || !token.lexeme.startsWith("'")) return token;
    return { ...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'") };
  });
}

/** A payload may be large; only what the expression may name is converted. */
function contextsOf(text: string, { contexts }: Scope): data.Dictionary {
  const lower = text.toLowerCase();
  const named = Object.entries(contexts).filter(([name]) => lower.includes(name.toLowerCase()));
  return new data.Dictionary(...named.map(([key, value]) => ({ key, value: toData(value ?? null) })));
}

function toData(value: unknown): data.ExpressionData {
  return JSON.parse(JSON.stringify(value ?? null), data.reviver) as data.ExpressionData;
}

function fromData(value: data.ExpressionData): Json {
  return JSON.parse(JSON.stringify(value, data.replacer)) as Json;
}
