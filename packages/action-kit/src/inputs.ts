import { isAbsolute, resolve } from 'node:path';
import { nearest, type Problem, sentenceList, shorten, UserError } from '@suite/foundation';
import { mask } from './secrets.ts';

/** How one input is read: a parser, and what an absent input means. */
export interface Input<T> {
  /** Returns the value, or a sentence that says what was expected. */
  readonly parse: (text: string) => { readonly value: T } | { readonly expected: string };
  readonly absent: { readonly value: T } | 'required';
  /** Masked before anything else, and never repeated in a message. */
  readonly isSecret?: true;
}

export type Inputs<S> = { readonly [K in keyof S]: S[K] extends Input<infer T> ? T : never };

/** Reads an input's text as the runner hands it over (`INPUT_*`, trimmed); empty means absent. */
export type InputSource = (name: string) => string;

/** Reads all inputs of an action. Throws one UserError that names every wrong one. */
export function readInputs<S extends Record<string, Input<unknown>>>(source: InputSource, inputs: S): Inputs<S> {
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [name, input] of Object.entries(inputs)) {
    const text = source(name);
    if (text === '') {
      if (input.absent === 'required') {
        problems.push({
          message: 'is required but was not given.',
          location: { kind: 'input', name },
          remedy: `Add \`${name}:\` under \`with:\`.`,
        });
      } else values[name] = input.absent.value;
      continue;
    }
    if (input.isSecret) for (const line of [text, ...text.split(/\s+/)]) mask(line);
    const parsed = input.parse(text);
    if ('value' in parsed) values[name] = parsed.value;
    else {
      const message = input.isSecret ? 'is not as it should be.' : `is ${quoteInput(text)}.`;
      problems.push({ message, location: { kind: 'input', name }, remedy: parsed.expected });
    }
  }
  if (problems.length > 0) throw new UserError(problems);
  return values as Inputs<S>;
}

/** What was given, as a message repeats it. */
export function quoteInput(text: string): string {
  return JSON.stringify(shorten(text, 200));
}

/** The same input, but it may be left out. */
export function optional<T>(input: Input<T>): Input<T | undefined> {
  return { ...input, absent: { value: undefined } };
}

/** The same input with a default. */
export function withDefault<T>(input: Input<T>, value: T): Input<T> {
  return { ...input, absent: { value } };
}

export function choice<const T extends string>(words: readonly T[]): Input<T> {
  return {
    absent: 'required',
    parse: text => {
      const word = words.find(candidate => candidate === text);
      if (word !== undefined) return { value: word };
      const near = nearest(text, words);
      const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`;
      return {
        expected: `Use ${sentenceList(
          words.map(candidate => `\`${candidate}\``),
          'or',
        )}.${hint}`,
      };
    },
  };
}

/** Text that matches a pattern; `expected` is the sentence that a person gets otherwise. */
export function text(pattern: RegExp, expected: string): Input<string> {
  return { absent: 'required', parse: value => (pattern.test(value) ? { value } : { expected }) };
}

/** What something else reads, which gives undefined for what it does not take; `expected` is the sentence that a person gets then. */
export function readBy<T>(read: (text: string) => T | undefined, expected: string): Input<T> {
  return {
    absent: 'required',
    parse: given => {
      const value = read(given);
      return value === undefined ? { expected } : { value };
    },
  };
}

/** A credential in one word of printable ASCII, as HTTP headers take it. */
export const token: Input<string> = {
  ...text(/^[\x21-\x7e]+$/, 'Give a token without spaces, or leave it out.'),
  isSecret: true,
};

/** Names a GitHub App. */
export const appId = text(/^[A-Za-z0-9.]{1,40}$/, 'Use the client id or the app id of a GitHub App.');

/** The private key of a GitHub App. */
export const appKey: Input<string> = {
  ...text(
    /^-----BEGIN (?:RSA )?PRIVATE KEY-----[\s\S]+-----END (?:RSA )?PRIVATE KEY-----\s*$/,
    'Give the private key of the app as GitHub hands it out: a PEM file.',
  ),
  isSecret: true,
};

export const guid = text(
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  'Use a client id such as `11111111-2222-3333-4444-555555555555`.',
);

/** YAML 1.2 core schema booleans, as `core.getBooleanInput` accepts them. */
export const flag: Input<boolean> = {
  absent: 'required',
  parse: value => {
    if (/^(?:true|True|TRUE)$/.test(value)) return { value: true };
    if (/^(?:false|False|FALSE)$/.test(value)) return { value: false };
    return { expected: 'Use `true` or `false`.' };
  },
};

export function wholeNumber(least: number, most: number): Input<number> {
  return {
    absent: 'required',
    parse: value => {
      const number = Number(value);
      if (/^\d{1,9}$/.test(value) && number >= least && number <= most) return { value: number };
      return { expected: `Use a whole number from ${least} to ${most}.` };
    },
  };
}

/** Whole minutes, as milliseconds. `zero` says what none means. */
export function minutesUpTo(most: number, zero: string): Input<number> {
  const { parse } = wholeNumber(0, most);
  return {
    absent: 'required',
    parse: value => {
      const parsed = parse(value);
      if ('value' in parsed) return { value: parsed.value * 60_000 };
      return { expected: `Use whole minutes from 0 (${zero}) to ${most}.` };
    },
  };
}

/** Several paths, one on each line; at least one. */
export function paths(workspace: string): Input<readonly string[]> {
  const one = path(workspace);
  return {
    absent: 'required',
    parse: value => {
      const parsed = value
        .split(/\r?\n/)
        .map(line => line.trim())
        .filter(line => line !== '')
        .map(one.parse);
      const wrong = parsed.find(result => 'expected' in result);
      if (wrong !== undefined) return wrong;
      return { value: parsed.flatMap(result => ('value' in result ? [result.value] : [])) };
    },
  };
}

// Linux knows no longer ones (PATH_MAX).
const longestPath = 4096;

/** A path, made absolute against the workspace. Whether it exists is for its reader to say. */
export function path(workspace: string): Input<string> {
  return {
    absent: 'required',
    parse: value => {
      if (value.includes('\0')) return { expected: 'A path holds no NUL character.' };
      if (value.length > longestPath) return { expected: `A path has at most ${longestPath} characters.` };
      return { value: isAbsolute(value) ? value : resolve(workspace, value) };
    },
  };
}
