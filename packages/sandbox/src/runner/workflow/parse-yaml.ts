import { registerHooks } from 'node:module';
import type * as Parser from '@actions/workflow-parser';
import { parseDocument, visit } from 'yaml';
import { type Entry, type Node, type Place, WorkflowError } from './node.ts';

/** Reads a workflow file with GitHub's own parser, which checks it against GitHub's schema. Throws {@link WorkflowError}. */
export async function parseYaml(path: string, text: string): Promise<Node> {
  const parser = await loadParser();
  const content = unfoldExpressions(text);
  const { context, value } = parser.parseWorkflow({ name: path, content }, new parser.NoOperationTraceWriter());
  const [error] = context.errors.getErrors();
  if (error !== undefined) throw new WorkflowError(error.rawMessage, startOf(error.range));
  if (value === undefined) throw new WorkflowError('The file is empty.', { line: 1, column: 1 });
  return convert(parser, value);
}

/**
 * The parser takes an expression in a block scalar (`if: >-`) with the indentation of the file around it, so that it becomes
 * text (0.3.61, "use token.source directly because it makes position calculation easier"); GitHub takes its value. In quotes
 * both read the same. Lines of later errors move then, which is why other files are left as they are.
 */
function unfoldExpressions(text: string): string {
  const document = parseDocument(text);
  let found = false;
  visit(document, {
    Scalar: (_key, scalar) => {
      if (!scalar.type?.startsWith('BLOCK') || !String(scalar.value).includes('${{')) return;
      scalar.type = 'QUOTE_DOUBLE';
      found = true;
    },
  });
  return found && document.errors.length === 0
    ? document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER })
    : text;
}

let loading: Promise<typeof Parser> | undefined;

function loadParser(): Promise<typeof Parser> {
  loading ??= (async () => {
    const hooks = hookSchemas();
    try {
      return await import('@actions/workflow-parser');
    } finally {
      hooks?.deregister();
    }
  })();
  return loading;
}

/** The package imports its schema as JSON without saying so, which Node refuses; a hook says it in its place. */
function hookSchemas() {
  try {
    return registerHooks({
      load: (url, context, next) =>
        next(url, isSchema(url) ? { ...context, importAttributes: { type: 'json' } } : context),
    });
  } catch {
    // Jest has a loader of its own, which takes JSON without an attribute and refuses hooks.
    return undefined;
  }
}

function isSchema(url: string): boolean {
  return /\/workflow-parser\/dist\/[^/]+\.json$/.test(url);
}

type Token = NonNullable<Parser.ParseWorkflowResult['value']>;

function convert(parser: typeof Parser, token: Token): Node {
  const place = startOf(token.range);
  if (parser.isMapping(token)) {
    const entries: Entry[] = [];
    for (const { key, value } of token) {
      if (!parser.isString(key))
        throw new WorkflowError(`The sandbox's runner does not know \`${key}\` as a key.`, place);
      entries.push({ key: key.value, place: startOf(key.range), value: convert(parser, value) });
    }
    return { kind: 'mapping', entries, place };
  }
  if (parser.isSequence(token)) {
    const items: Node[] = [];
    for (const item of token) items.push(convert(parser, item));
    return { kind: 'list', items, place };
  }
  if (parser.isBasicExpression(token)) {
    return { kind: 'expression', text: token.expression, source: token.source ?? token.toString(), place };
  }
  if (parser.isString(token) || parser.isNumber(token) || parser.isBoolean(token)) {
    return { kind: 'literal', value: token.value, place };
  }
  return { kind: 'literal', value: null, place };
}

function startOf(range: { readonly start: Place } | undefined): Place {
  return { line: range?.start.line ?? 1, column: range?.start.column ?? 1 };
}
