/**
 * What a scalar means to Kubernetes and to Helm. Both read YAML with sigs.k8s.io/yaml, which is the YAML 1.1 of go.yaml.in/yaml/v2:
 * `on` and `y` are true, `0777` is octal, `1:30` and dates stay text. The tables here were tried against sigs.k8s.io/yaml 1.6.0.
 */
export type ScalarValue = string | number | boolean | null;

const words = new Map<string, ScalarValue>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(word => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(word => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
]);

const notInJson = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** The value of a scalar without quotes and without a tag. Throws on numbers that JSON does not have. */
export function resolvePlain(text: string): ScalarValue {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (notInJson.test(text)) throw new Error(`\`${text}\` is no number that Kubernetes can take.`);
  if (!/^[-+.0-9]/.test(text)) return text;
  const digits = text.replaceAll('_', '');
  const integer = readInteger(digits);
  if (integer !== undefined) return integer;
  if (!float.test(digits)) return text;
  const value = Number(digits);
  return Number.isFinite(value) ? value : text;
}

const smallest = -(2n ** 63n);
const largest = 2n ** 64n - 1n;
const bases = { '0x': 16, '0b': 2, '0o': 8, '0': 8, '': 10 } as const;

/** As Go's strconv.ParseInt and ParseUint with base 0 read it; undefined for what they refuse. */
function readInteger(digits: string): number | undefined {
  const [, sign = '', prefix = '', rest = ''] = /^([-+]?)(0[xX]|0[bB]|0[oO]|0(?=\d))?(\w+)$/.exec(digits) ?? [];
  const base = bases[prefix.toLowerCase() as keyof typeof bases];
  const alphabet = { 16: /^[0-9a-fA-F]+$/, 10: /^[0-9]+$/, 8: /^[0-7]+$/, 2: /^[01]+$/ }[base];
  if (!alphabet.test(rest)) return undefined;
  const notation = { 16: '0x', 10: '', 8: '0o', 2: '0b' }[base];
  const value = BigInt(`${notation}${rest}`) * (sign === '-' ? -1n : 1n);
  // ParseUint takes no sign at all.
  if (value < smallest || value > largest || (sign === '+' && value >= 2n ** 63n)) return undefined;
  return Number(value);
}

const tags: Readonly<Record<string, (value: ScalarValue, text: string) => ScalarValue | undefined>> = {
  'tag:yaml.org,2002:str': (_, text) => text,
  'tag:yaml.org,2002:timestamp': (_, text) => text,
  'tag:yaml.org,2002:binary': (_, text) => Buffer.from(text, 'base64').toString('utf8'),
  'tag:yaml.org,2002:int': value => (typeof value === 'number' && Number.isInteger(value) ? value : undefined),
  'tag:yaml.org,2002:float': value => (typeof value === 'number' ? value : undefined),
  'tag:yaml.org,2002:bool': value => (typeof value === 'boolean' ? value : undefined),
  'tag:yaml.org,2002:null': value => (value === null ? null : undefined),
};

/** The value of a scalar with a tag. A tag of somebody's own makes it text. */
export function resolveTagged(tag: string, text: string): ScalarValue {
  const resolve = tags[tag];
  if (resolve === undefined) return text;
  const value = resolve(resolvePlain(text), text);
  if (value === undefined) throw new Error(`\`${text}\` is no ${tag.replace('tag:yaml.org,2002:', '!!')}.`);
  return value;
}
