import { NotRendered } from '../not-rendered.ts';

/** A piece of a template: text that stays, or what stands between braces. */
export type Piece =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'action'; readonly tokens: readonly Token[]; readonly source: string };

export type Token =
  | { readonly is: 'word'; readonly text: string }
  | { readonly is: 'field'; readonly names: readonly string[] }
  | { readonly is: 'variable'; readonly name: string; readonly names: readonly string[] }
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'number'; readonly value: bigint | number }
  | { readonly is: 'mark'; readonly text: '(' | ')' | '|' | ',' | ':=' | '=' | '.' };

/** Splits a template as Go's text/template does. Throws NotRendered for what it does not take. */
export function lex(template: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trims = false;
  const pushText = (text: string, trimsEnd: boolean) => {
    const left = trims ? text.replace(/^[ \t\r\n]+/, '') : text;
    const kept = trimsEnd ? left.replace(/[ \t\r\n]+$/, '') : left;
    if (kept !== '') pieces.push({ is: 'text', text: kept });
  };
  for (;;) {
    const open = template.indexOf('{{', at);
    if (open < 0) {
      pushText(template.slice(at), false);
      return pieces;
    }
    const trimsBefore = /^-[ \t\r\n]/.test(template.slice(open + 2, open + 4));
    pushText(template.slice(at, open), trimsBefore);
    const start = open + 2 + (trimsBefore ? 1 : 0);
    const comment = /^\s*\/\*[\s\S]*?\*\/\s*?( -)?\}\}/.exec(template.slice(start));
    if (comment !== null) {
      trims = comment[1] !== undefined;
      at = start + comment[0].length;
      continue;
    }
    const close = closeOf(template, start);
    const inner = template.slice(start, close);
    trims = /\s-$/.test(inner);
    const source = trims ? inner.slice(0, -1) : inner;
    pieces.push({ is: 'action', tokens: tokenize(source), source: source.trim() });
    at = close + 2;
  }
}

function closeOf(template: string, start: number): number {
  for (let at = start; at < template.length; at++) {
    const char = template[at];
    if (char === '"') {
      for (at++; at < template.length && template[at] !== '"'; at++) if (template[at] === '\\') at++;
    } else if (char === '`') at = template.indexOf('`', at + 1);
    else if (char === '}' && template[at + 1] === '}') return at;
    if (at < 0) break;
  }
  throw new NotRendered('A template has `{{` without `}}`.');
}

const patterns: readonly (readonly [RegExp, (match: RegExpExecArray) => Token | undefined])[] = [
  [/^\s+/, () => undefined],
  [/^"(?:[^"\\\n]|\\.)*"/, ([text]) => ({ is: 'text', text: unquote(text) })],
  [/^`([^`]*)`/, ([, text = '']) => ({ is: 'text', text })],
  [/^[-+]?\d+\.\d+/, ([text]) => ({ is: 'number', value: Number(text) })],
  [/^[-+]?\d+/, ([text]) => ({ is: 'number', value: BigInt(text.replace('+', '')) })],
  [
    /^\$(\w*)((?:\.[\p{L}_][\p{L}\p{Nd}_]*)*)/u,
    ([, name = '', rest = '']) => ({ is: 'variable', name, names: namesOf(rest) }),
  ],
  [/^((?:\.[\p{L}_][\p{L}\p{Nd}_]*)+)/u, ([, text = '']) => ({ is: 'field', names: namesOf(text) })],
  [/^[\p{L}_][\p{L}\p{Nd}_]*/u, ([text]) => ({ is: 'word', text })],
  [/^(?::=|[()|,=.])/, ([text]) => ({ is: 'mark', text: text as '(' })],
];

function namesOf(text: string): string[] {
  return text.split('.').slice(1);
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  for (let rest = source; rest !== ''; ) {
    let length = 0;
    for (const [pattern, read] of patterns) {
      const match = pattern.exec(rest);
      if (match === null) continue;
      const token = read(match);
      if (token !== undefined) tokens.push(token);
      length = match[0].length;
      break;
    }
    if (length === 0) throw new NotRendered(`The template \`{{${source.trim()}}}\` is not understood.`);
    rest = rest.slice(length);
  }
  return tokens;
}

function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new NotRendered(`The text ${quoted} of a template is not understood.`);
  }
}
