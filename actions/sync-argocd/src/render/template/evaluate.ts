import { NotRendered } from '../not-rendered.ts';
import { functions } from './functions.ts';
import { type Node, type Operand, type Pipeline, parse } from './parse.ts';
import { describeType, isList, isMap, isTextMap, isTrue, print, type Value } from './values.ts';

export interface TemplateOptions {
  /** What becomes of a key that is not there (`goTemplateOptions`). */
  readonly missingKey: 'default' | 'zero' | 'error';
}

/** Far above any Application, and far below what loops within loops grow to. */
const mostSteps = 100_000;
const mostText = 1024 * 1024;

interface Scope {
  readonly dot: Value;
  readonly root: Value;
  readonly variables: Map<string, Value>;
  readonly outer: Scope | undefined;
}

/** Go's text/template with the functions of sprig that are in `functions`. Throws NotRendered. */
export function evaluate(template: string, data: Value, { missingKey }: TemplateOptions): string {
  let steps = 0;
  let length = 0;
  const parts: string[] = [];

  const emit = (text: string) => {
    length += text.length;
    if (length > mostText) throw new NotRendered('A template gives more than 1 MiB.');
    parts.push(text);
  };
  const step = () => {
    if (++steps > mostSteps) throw new NotRendered('A template takes too many steps.');
  };

  const run = (nodes: readonly Node[], scope: Scope): void => {
    for (const node of nodes) {
      step();
      if (node.is === 'text') emit(node.text);
      else if (node.is === 'print') {
        const value = pipe(node.pipeline, scope);
        if (node.pipeline.variables.length === 0) emit(print(value));
      } else if (node.is === 'range') runRange(node, scope);
      else {
        const inner = nested(scope, scope.dot);
        const value = pipe(node.pipeline, inner);
        if (!isTrue(value)) run(node.otherwise, inner);
        else run(node.then, node.is === 'with' ? nested(inner, value) : inner);
      }
    }
  };

  const runRange = ({ pipeline, then, otherwise }: Node & { readonly is: 'range' }, scope: Scope): void => {
    const value = commandsOf(pipeline, scope);
    const entries = entriesOf(value);
    if (entries.length === 0) run(otherwise, nested(scope, scope.dot));
    for (const [key, item] of entries) {
      const inner = nested(scope, item);
      const [first, second] = pipeline.variables;
      if (second !== undefined) inner.variables.set(second, item);
      if (first !== undefined) inner.variables.set(first, second === undefined ? item : key);
      run(then, inner);
    }
  };

  const pipe = (pipeline: Pipeline, scope: Scope): Value => {
    const value = commandsOf(pipeline, scope);
    for (const name of pipeline.variables) {
      const holder = pipeline.isAssignment ? holderOf(scope, name) : scope;
      if (holder === undefined) throw new NotRendered(`The variable \`$${name}\` of a template is not defined.`);
      holder.variables.set(name, value);
    }
    return value;
  };

  const commandsOf = ({ commands }: Pipeline, scope: Scope): Value => {
    let value: Value;
    let isFirst = true;
    for (const command of commands) {
      step();
      value = call(command, scope, isFirst ? [] : [value]);
      isFirst = false;
    }
    return value;
  };

  const call = ([head, ...rest]: readonly Operand[], scope: Scope, last: readonly Value[]): Value => {
    if (head?.is !== 'function') {
      if (head === undefined || rest.length + last.length > 0) {
        throw new NotRendered('A template gives arguments to something that is no function.');
      }
      return operand(head, scope);
    }
    // These two stop at the first that decides.
    if (head.name === 'and' || head.name === 'or') {
      let value: Value;
      const lazy = [...rest.map(one => () => operand(one, scope)), ...last.map(one => () => one)];
      for (const next of lazy) {
        value = next();
        if (isTrue(value) === (head.name === 'or')) break;
      }
      return value;
    }
    const act = Object.hasOwn(functions, head.name) ? functions[head.name] : undefined;
    if (act === undefined) throw new NotRendered(`The template function \`${head.name}\` is not supported here.`);
    return act([...rest.map(one => operand(one, scope)), ...last], head.name);
  };

  const operand = (one: Operand, scope: Scope): Value => {
    switch (one.is) {
      case 'constant':
        return one.value;
      case 'field':
        return field(scope.dot, one.names);
      case 'variable': {
        if (one.name === '') return field(scope.root, one.names);
        const holder = holderOf(scope, one.name);
        if (holder === undefined) throw new NotRendered(`The variable \`$${one.name}\` of a template is not defined.`);
        return field(holder.variables.get(one.name), one.names);
      }
      case 'function':
        return call([one], scope, []);
      case 'pipeline':
        return field(pipe(one.pipeline, nested(scope, scope.dot)), one.names);
    }
  };

  const field = (value: Value, names: readonly string[]): Value => {
    let found = value;
    for (const name of names) {
      if (isMap(found) && Object.hasOwn(found, name)) {
        found = found[name];
        continue;
      }
      if (found !== undefined && !isMap(found)) {
        throw new NotRendered(`A template asks ${describeType(found)} for \`${name}\`.`);
      }
      if (missingKey === 'error') throw new NotRendered(`A template asks for \`${name}\`, which is not there.`);
      found = missingKey === 'zero' && isMap(found) ? (isTextMap(found) ? '' : null) : undefined;
    }
    return found;
  };

  run(parse(template), { dot: data, root: data, variables: new Map(), outer: undefined });
  return parts.join('');
}

function nested(outer: Scope, dot: Value): Scope {
  return { dot, root: outer.root, variables: new Map(), outer };
}

function holderOf(scope: Scope, name: string): Scope | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (at.variables.has(name)) return at;
  }
  return undefined;
}

function entriesOf(value: Value): (readonly [Value, Value])[] {
  if (value === undefined || value === null) return [];
  if (isList(value)) return value.map((item, index) => [BigInt(index), item] as const);
  if (isMap(value)) {
    return Object.keys(value)
      .sort()
      .map(key => [key, value[key]] as const);
  }
  throw new NotRendered(`A template goes through ${describeType(value)} as if it were a list.`);
}
