import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asObject, asString } from '@suite/foundation';
import { parse } from 'yaml';

/** A JavaScript action, as its action.yml describes it. */
export interface ActionMetadata {
  /** Absolute. */
  readonly folder: string;
  readonly name: string | undefined;
  /** Files of the stages, relative to the folder. */
  readonly main: string;
  readonly pre: string | undefined;
  readonly post: string | undefined;
  readonly preIf: string;
  readonly postIf: string;
  /** Declared inputs with their defaults; undefined where there is none. */
  readonly inputs: ReadonlyMap<string, string | undefined>;
}

/** Reads action.yml (or action.yaml) and refuses what is no JavaScript action by name. */
export async function readActionMetadata(folder: string): Promise<ActionMetadata> {
  const file = (name: string) => readFile(join(folder, name), 'utf8').catch(() => undefined);
  const text = (await file('action.yml')) ?? (await file('action.yaml'));
  if (text === undefined) {
    throw new Error(
      `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${folder}'. Did you forget to run actions/checkout before running your local action?`,
    );
  }
  const metadata = asObject(parse(text));
  const runs = asObject(metadata['runs']);
  const using = asString(runs['using']) ?? '';
  if (using !== 'node24' && using !== 'node20') {
    throw new Error(`The sandbox's runner does not play actions with \`using: ${using}\`, only node24 and node20.`);
  }
  const main = asString(runs['main']);
  if (main === undefined) throw new Error(`${folder}/action.yml names no \`runs.main\`.`);
  const inputs = Object.entries(asObject(metadata['inputs'])).map(([name, input]) => {
    const value = asObject(input)['default'];
    return [name, value === undefined ? undefined : String(value)] as const;
  });
  return {
    folder,
    name: asString(metadata['name']),
    main,
    pre: asString(runs['pre']),
    post: asString(runs['post']),
    preIf: asString(runs['pre-if']) ?? 'always()',
    postIf: asString(runs['post-if']) ?? 'always()',
    inputs: new Map(inputs),
  };
}

/**
 * `INPUT_*` as the runner makes them: defaults filled in, names in upper case, only spaces replaced. `evaluate` gives the
 * text of an expression in a default, such as `github.token`.
 */
export function inputVariables(
  declared: ActionMetadata['inputs'],
  given: Readonly<Record<string, string>>,
  evaluate: (expression: string) => string,
): Record<string, string> {
  const variable = (name: string) => `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
  const variables: Record<string, string> = {};
  for (const [name, value] of declared) variables[variable(name)] = fill(value ?? '', evaluate);
  for (const [name, value] of Object.entries(given)) variables[variable(name)] = value;
  return variables;
}

function fill(text: string, evaluate: (expression: string) => string): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => evaluate(expression.trim()));
}
