import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NotRendered } from '../not-rendered.ts';
import { evaluate, type TemplateOptions } from './evaluate.ts';
import { fromJson } from './values.ts';

fc.configureGlobal({ seed: 1 });

/** What Go's text/template with sprig v3.3.0 printed, or how it failed. */
interface Recording {
  readonly data: unknown;
  readonly cases: readonly {
    readonly template: string;
    readonly option?: string;
    readonly output?: string;
    readonly error?: string;
  }[];
}
const path = join(import.meta.dirname, '..', 'fixtures', 'go-templates.json');
const { data, cases } = JSON.parse(readFileSync(path, 'utf8')) as Recording;
const missingKeys: Readonly<Record<string, TemplateOptions['missingKey']>> = {
  'missingkey=error': 'error',
  'missingkey=zero': 'zero',
};

/** What Go does and this does not, each refused by name. */
const refused: ReadonlySet<string> = new Set([
  '{{ range until 3 }}{{ . }}{{ end }}',
  '{{ html .html }}',
  // Go writes `%!s(<nil>)` into the Application.
  '{{ printf "%s" .missing }}',
  '{{ .name | }}',
]);

describe('templates as Go has them', () => {
  test.each(cases.map(one => [`${one.template} ${one.option ?? ''}`, one] as const))(
    '%s',
    (_, { template, option = '', output }) => {
      const act = () => evaluate(template, fromJson(data), { missingKey: missingKeys[option] ?? 'default' });
      if (output === undefined || refused.has(template)) expect(act).toThrow(NotRendered);
      else expect(act()).toBe(output);
    },
  );
});

describe('hostile templates', () => {
  test.each([
    [
      'loops within loops',
      '{{range .l}}{{range $.l}}{{range $.l}}{{range $.l}}x{{end}}{{end}}{{end}}{{end}}',
      'too many steps',
    ],
    ['a text that doubles', `{{$x := .t}}${'{{$x = print $x $x}}'.repeat(12)}{{$x}}`, 'more than 1 MiB'],
    ['an indent without end', '{{ indent 1000000000 "x" }}', 'indents by'],
    ['a width without end', '{{ printf "%999999999d" 1 }}', 'not supported'],
    ['what the machine holds', '{{ env "HOME" }}', '`env` is not supported here'],
    ['a template within', '{{define "x"}}{{template "x"}}{{end}}', '`{{define}}` is not supported'],
    ['keys of every object', '{{ .constructor.name }}{{ .__proto__ }}', ''],
  ])('%s', (_, template, message) => {
    const given = fromJson({ l: Array.from({ length: 40 }, (_, index) => index), t: 'x'.repeat(1000) });
    const act = () => evaluate(template, given, { missingKey: 'default' });
    if (message === '') expect(act()).toBe('<no value><no value>');
    else expect(act).toThrow(message);
  });

  test('whatever the text, it is a result or a refusal', () => {
    const part = fc.constantFrom(
      '{{',
      '}}',
      '{{-',
      '-}}',
      '.a',
      '$x',
      ':=',
      '|',
      '(',
      ')',
      '"',
      '`',
      'if ',
      'end',
      'range ',
      'else ',
      ' ',
      'x',
      '/*',
      '*/',
      'eq ',
      '1',
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 20 }).map(parts => parts.join('')),
        template => {
          try {
            expect(typeof evaluate(template, { a: 'b' }, { missingKey: 'default' })).toBe('string');
          } catch (error) {
            expect(error).toBeInstanceOf(NotRendered);
          }
        },
      ),
    );
  });
});
