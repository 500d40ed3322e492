import { NotRendered } from '../not-rendered.ts';
import { lex, type Piece, type Token } from './lex.ts';

export type Node =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'print'; readonly pipeline: Pipeline }
  | {
      readonly is: 'if' | 'with';
      readonly pipeline: Pipeline;
      readonly then: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | {
      readonly is: 'range';
      readonly pipeline: Pipeline;
      readonly then: readonly Node[];
      readonly otherwise: readonly Node[];
    };

export interface Pipeline {
  /** Variables that are made or set. */
  readonly variables: readonly string[];
  readonly isAssignment: boolean;
  readonly commands: readonly (readonly Operand[])[];
}

export type Operand =
  | { readonly is: 'field'; readonly names: readonly string[] }
  | { readonly is: 'variable'; readonly name: string; readonly names: readonly string[] }
  | { readonly is: 'function'; readonly name: string }
  | { readonly is: 'constant'; readonly value: string | bigint | number | boolean | null }
  | { readonly is: 'pipeline'; readonly pipeline: Pipeline; readonly names: readonly string[] };

/** Reads a Go template. Throws NotRendered for what is no template, and by its name for what is not supported. */
export function parse(template: string): readonly Node[] {
  const pieces = lex(template);
  let at = 0;

  const readBlock = (isInside: boolean): { readonly nodes: readonly Node[]; readonly end: readonly Token[] } => {
    const nodes: Node[] = [];
    for (; at < pieces.length; at++) {
      const piece = pieces[at] as Piece;
      if (piece.is === 'text') {
        nodes.push(piece);
        continue;
      }
      const [first] = piece.tokens;
      const word = first?.is === 'word' ? first.text : '';
      if (word === 'end' || word === 'else') {
        if (!isInside) throw new NotRendered(`A template has \`{{${word}}}\` without its beginning.`);
        at++;
        return { nodes, end: piece.tokens };
      }
      if (unsupported.has(word)) throw new NotRendered(`\`{{${word}}}\` is not supported in templates here.`);
      if (word === 'if' || word === 'with' || word === 'range') {
        at++;
        nodes.push(readControl(word, piece.tokens.slice(1)));
        at--;
      } else nodes.push({ is: 'print', pipeline: readPipeline(piece.tokens) });
    }
    if (isInside) throw new NotRendered('A template has a block without `{{end}}`.');
    return { nodes, end: [] };
  };

  const readControl = (is: 'if' | 'with' | 'range', tokens: readonly Token[]): Node => {
    const pipeline = readPipeline(tokens);
    const { nodes: then, end } = readBlock(true);
    const [word, next] = end;
    if (word?.is === 'word' && word.text === 'end') return { is, pipeline, then, otherwise: [] };
    if (next?.is === 'word' && (next.text === 'if' || next.text === 'with')) {
      return { is, pipeline, then, otherwise: [readControl(next.text, end.slice(2))] };
    }
    const { nodes: otherwise, end: last } = readBlock(true);
    if (last[0]?.is !== 'word' || last[0].text !== 'end')
      throw new NotRendered('A template has two `{{else}}` in a row.');
    return { is, pipeline, then, otherwise };
  };

  return readBlock(false).nodes;
}

const unsupported = new Set(['define', 'template', 'block', 'break', 'continue']);

function readPipeline(tokens: readonly Token[]): Pipeline {
  let at = 0;
  const peek = () => tokens[at];
  const isMark = (text: string) => {
    const token = peek();
    return token?.is === 'mark' && token.text === text;
  };

  const readOne = (): Pipeline => {
    const { variables, isAssignment } = readVariables();
    const commands: Operand[][] = [[]];
    for (let token = peek(); token !== undefined && !isMark(')'); token = peek()) {
      if (isMark('|')) {
        at++;
        commands.push([]);
      } else commands.at(-1)?.push(readOperand());
    }
    if (commands.some(command => command.length === 0)) throw new NotRendered('A template has an empty command.');
    return { variables, isAssignment, commands };
  };

  const readVariables = (): Pick<Pipeline, 'variables' | 'isAssignment'> => {
    const names: string[] = [];
    const start = at;
    for (let token = peek(); token?.is === 'variable' && token.names.length === 0; token = peek()) {
      names.push(token.name);
      at++;
      if (isMark(',')) at++;
      else break;
    }
    if (names.length > 0 && (isMark(':=') || isMark('='))) {
      const isAssignment = isMark('=');
      at++;
      return { variables: names, isAssignment };
    }
    at = start;
    return { variables: [], isAssignment: false };
  };

  const readOperand = (): Operand => {
    const token = tokens[at++];
    switch (token?.is) {
      case 'field':
        return token;
      case 'variable':
        return token;
      case 'text':
        return { is: 'constant', value: token.text };
      case 'number':
        return { is: 'constant', value: token.value };
      case 'word':
        if (token.text === 'true' || token.text === 'false') return { is: 'constant', value: token.text === 'true' };
        return token.text === 'nil' ? { is: 'constant', value: null } : { is: 'function', name: token.text };
      case 'mark':
        if (token.text === '.') return { is: 'field', names: [] };
        if (token.text === '(') {
          const pipeline = readOne();
          if (!isMark(')')) throw new NotRendered('A template has a bracket that is not closed.');
          at++;
          const after = peek();
          if (after?.is === 'field') at++;
          return { is: 'pipeline', pipeline, names: after?.is === 'field' ? after.names : [] };
        }
    }
    throw new NotRendered('A template has something where it should not be.');
  };

  const pipeline = readOne();
  if (at < tokens.length) throw new NotRendered('A template has a bracket that is not opened.');
  return pipeline;
}
