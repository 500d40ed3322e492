import type { FailureDetail, FieldConflict, SchemaViolation } from './failure.ts';
import { unquote } from './words.ts';

/** Knows one sort of failure by Helm's words; undefined means it is another. */
type Reader = (text: string) => FailureDetail | undefined;

/**
 * What stderr of a failed command means (Helm 4.1.4, Kubernetes 1.34; `fixtures` holds what was recorded). The first reader that
 * knows it decides: what wraps other failures, as hooks do, stands behind what it wraps.
 */
export function readFailure(stderr: string): FailureDetail {
  const text = errorText(stderr);
  for (const read of readers) {
    const detail = read(text);
    if (detail !== undefined) return detail;
  }
  return { kind: 'other', reason: text };
}

/** Helm's last word: without the lines of its log and of the Kubernetes client, and without the hint to `--debug`. */
export function errorText(stderr: string): string {
  const lines = stderr.split('\n').filter(line => !isLogLine(line));
  const text = lines.join('\n').replace(/\n+Use --debug flag to render out invalid YAML\s*$/, '');
  return text
    .trim()
    .replace(/^Error: /, '')
    .replace(/^(?:UPGRADE|INSTALLATION) FAILED: /, '');
}

/** slog's text lines, and klog's: `I1127 07:02:23.763339   19061 warnings.go:107] …`. */
function isLogLine(line: string): boolean {
  return (
    /^(?:time=\S+ )?level=[A-Z]+ msg=/.test(line) || /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+\.go:\d+\] /.test(line)
  );
}

const pending: Reader = text =>
  text.includes('another operation (install/upgrade/rollback) is in progress') ? { kind: 'pending' } : undefined;

/** k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go: one conflict stands in one line, several in a list. */
const conflict: Reader = text => {
  const [, found, list] =
    /conflict occurred while applying object (\S+ \S+, Kind=\S+): Apply failed with \d+ conflicts?: ([\s\S]*)$/.exec(
      text,
    ) ?? [];
  if (found === undefined || list === undefined) return undefined;
  const [, place = '', kind = ''] = /^(\S+) \S+, Kind=(\S+)$/.exec(found) ?? [];
  const object = `${kind} ${place.replace(/^\//, '')}`;
  const single = /^conflict with ("(?:[^"\\]|\\.)*")[^:\n]*(?: at \S+Z)?: (\S.*)$/m.exec(list);
  if (single !== null) {
    return { kind: 'conflict', object, conflicts: [{ manager: unquote(single[1] ?? ''), fields: [single[2] ?? ''] }] };
  }
  const conflicts: FieldConflict[] = [];
  for (const part of list.split(/^conflicts with /m).slice(1)) {
    const manager = unquote(/^"(?:[^"\\]|\\.)*"/.exec(part)?.[0] ?? '');
    conflicts.push({ manager, fields: [...part.matchAll(/^- (.+)$/gm)].map(match => match[1] ?? '') });
  }
  return { kind: 'conflict', object, conflicts };
};

const tooLarge: Reader = text =>
  /(?:Secret "sh\.helm\.release\.v1\.[^"]*" is invalid: data: Too long|sh\.helm\.release\S* .*(?:etcdserver: request is too large|RequestEntityTooLarge))/.test(
    text,
  )
    ? { kind: 'release-too-large' }
    : undefined;

/** `Deployment.apps "s" is invalid: spec.selector: Invalid value: …: field is immutable`. */
const invalid: Reader = text => {
  const [, kind, name, reasons] = /(?:^|: )([A-Z]\w*)(?:\.[\w.-]+)? "([^"]*)" is invalid: ([\s\S]*)$/.exec(text) ?? [];
  if (kind === undefined || reasons === undefined) return undefined;
  const object = `${kind} ${name}`;
  const all = splitReasons(reasons);
  const immutable = all.filter(reason => /immutable|updates to \S+ spec for fields other than/.test(reason));
  if (immutable.length > 0) {
    return { kind: 'immutable', object, fields: immutable.map(reason => /^[^:\s]+/.exec(reason)?.[0] ?? reason) };
  }
  return { kind: 'invalid', object, reasons: all.map(withoutValue) };
};

/** Several reasons stand in brackets; each begins with the path of its field. */
function splitReasons(text: string): string[] {
  const list = /^\[([\s\S]*)\]$/.exec(text.trim())?.[1] ?? text.trim();
  return list.split(/, (?=[A-Za-z][\w.[\]()"-]*: )/);
}

/** The value itself is left out: it may be a whole object. */
function withoutValue(reason: string): string {
  return reason.replace(/Invalid value: (?:"(?:[^"\\]|\\.)*"|\{.*\}|\S+): /, '');
}

const malformed: Reader = text => {
  const [, place = '', kind, reasons] =
    /failed to create typed patch object \(([^;]*); [^,]*, Kind=([^)]*)\): ([\s\S]*)$/.exec(text) ?? [];
  if (kind === undefined || reasons === undefined) return undefined;
  const all = reasons.replace(/^errors:\n/, '').split('\n');
  return { kind: 'invalid', object: `${kind} ${place.replace(/^\//, '')}`, reasons: all.map(one => one.trim()) };
};

const missingKind: Reader = text => {
  const [, objectKind, apiVersion] = /no matches for kind "([^"]+)" in version "([^"]+)"/.exec(text) ?? [];
  return objectKind === undefined || apiVersion === undefined
    ? undefined
    : { kind: 'missing-kind', objectKind, apiVersion };
};

const notOwned: Reader = text => {
  const [, kind, name, namespace] =
    /: (\w+) "([^"]*)" in namespace "([^"]*)" exists and cannot be imported into the current release/.exec(text) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  return { kind: 'not-owned', object: `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}` };
};

/** helm.sh/helm/v4/pkg/kube/client.go */
const notInLastRevision: Reader = text => {
  const [, kind, name] = /original object (\w+) with the name "([^"]*)" not found/.exec(text) ?? [];
  return kind === undefined ? undefined : { kind: 'not-in-last-revision', object: `${kind} ${name}` };
};

/** k8s.io/apiserver/pkg/admission/plugin/webhook/errors/statuserror.go */
const webhookDenied: Reader = text => {
  const [, webhook, reason = ''] = /admission webhook "([^"]+)" denied the request:? ([\s\S]*)$/.exec(text) ?? [];
  return webhook === undefined ? undefined : { kind: 'webhook-denied', webhook, reason };
};

const webhookUnreachable: Reader = text => {
  const [, webhook, reason = ''] =
    /failed calling webhook "([^"]+)": (?:failed to call webhook: )?([\s\S]*)$/.exec(text) ?? [];
  return webhook === undefined ? undefined : { kind: 'webhook-unreachable', webhook, reason };
};

const policyDenied: Reader = text => {
  const [, policy, reason = ''] =
    /ValidatingAdmissionPolicy '([^']+)' with binding '[^']*' denied request: ([\s\S]*)$/.exec(text) ?? [];
  if (policy !== undefined) return { kind: 'policy-denied', policy, reason };
  const [, security] = /is forbidden: (violates PodSecurity [\s\S]*)$/.exec(text) ?? [];
  return security === undefined ? undefined : { kind: 'policy-denied', policy: 'PodSecurity', reason: security };
};

const quota: Reader = text => {
  const [, reason] = /is forbidden: (exceeded quota: [\s\S]*)$/.exec(text) ?? [];
  return reason === undefined ? undefined : { kind: 'quota', reason };
};

const forbidden: Reader = text => {
  const [, user, verb, name, group, place = ''] =
    /User "([^"]*)" cannot (\w+) resource "([^"]*)" in API group "([^"]*)" (in the namespace "[^"]*"|at the cluster scope)/.exec(
      text,
    ) ?? [];
  if (user === undefined || verb === undefined || name === undefined) return undefined;
  const namespace = /"([^"]*)"/.exec(place)?.[1];
  const resource = group === '' ? name : `${name}.${group}`;
  return { kind: 'forbidden', user, verb, resource, ...(namespace === undefined ? {} : { namespace }) };
};

const unreachable: Reader = text => {
  if (/the server has asked for the client to provide credentials|: Unauthorized$/.test(text)) {
    return { kind: 'unauthorized' };
  }
  const [, reason] = /kubernetes cluster unreachable: ([\s\S]*)$/i.exec(text) ?? [];
  if (reason === undefined) return undefined;
  return /tls: |x509: /.test(reason) ? { kind: 'untrusted', reason } : { kind: 'unreachable', reason };
};

/**
 * k8s.io/apimachinery/pkg/api/errors (what clients are told of 429 and 5xx), etcd's words for a change of its leader, and Go's for
 * connections that break.
 */
const serverTrouble: Reader = text =>
  [
    /an error on the server \([\s\S]*\) has prevented the request from succeeding/,
    /the server is currently unable to handle the request/,
    /the server was unable to return a response in the time allotted/,
    /the server has received too many requests/,
    /etcdserver: (?:request timed out|leader changed|no leader)/,
    /read: connection reset by peer|write: broken pipe|dial tcp \S+: connect: connection refused/,
    /TLS handshake timeout|net\/http: request canceled|http2: client connection lost|: (?:unexpected )?EOF$/,
  ].some(words => words.test(text))
    ? { kind: 'server-trouble', reason: text }
    : undefined;

const notFound: Reader = text => {
  if (text.includes('release: not found') || /has no deployed releases$/.test(text))
    return { kind: 'release-not-found' };
  const revision = /^release has no (\d+) version$/.exec(text)?.[1];
  if (revision !== undefined) return { kind: 'revision-not-found', revision };
  const namespace = /namespaces "([^"]+)" not found/.exec(text)?.[1];
  return namespace === undefined ? undefined : { kind: 'namespace-not-found', namespace };
};

const hook: Reader = text => {
  const [, event, reason = ''] =
    /^((?:pre|post)-(?:install|upgrade|rollback|delete)) hooks? failed: ([\s\S]*)$/.exec(text) ?? [];
  return event === undefined ? undefined : { kind: 'hook-failed', event, reason };
};

const timeout: Reader = text =>
  /timed out waiting for the condition|context deadline exceeded|would exceed context deadline/.test(text)
    ? { kind: 'timeout', reason: text }
    : undefined;

const values: Reader = text => {
  const [, list] =
    /values don't meet the specifications of the schema\(s\) in the following chart\(s\):\n([\s\S]*)$/.exec(text) ?? [];
  if (list === undefined) return undefined;
  const violations: SchemaViolation[] = [];
  let chart = '';
  for (const line of list.split('\n')) {
    const [, pointer, reason] = /^\s*- at '([^']*)': (.*)$/.exec(line) ?? [];
    if (pointer !== undefined && reason !== undefined) violations.push({ chart, path: pathOf(pointer), reason });
    else chart = /^(\S+):$/.exec(line)?.[1] ?? chart;
  }
  return violations.length === 0
    ? { kind: 'values', violations: [{ chart, path: '', reason: list.trim() }] }
    : { kind: 'values', violations };
};

/** `policy.level` of the JSON pointer `/policy/level`. */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
}

const kubeVersion: Reader = text => {
  const [, required, actual] =
    /chart requires kubeVersion: (.*) which is incompatible with Kubernetes (\S+)/.exec(text) ?? [];
  return required === undefined || actual === undefined ? undefined : { kind: 'kube-version', required, actual };
};

/** Four forms: `fail` and `required`, the engine's own errors (outermost template first), the parser, and YAML. */
const template: Reader = text => {
  const [, at, said] = /^execution error at \(([^)]*)\): ([\s\S]*)$/.exec(text) ?? [];
  if (at !== undefined && said !== undefined) return { kind: 'template', template: lineOf(at), reason: said };
  const [, broken, parse] = /^parse error at \(([^)]*)\): ([\s\S]*)$/.exec(text) ?? [];
  if (broken !== undefined && parse !== undefined) return { kind: 'template', template: lineOf(broken), reason: parse };
  const [, file, yaml] = /^YAML parse error on (\S+): (?:error converting YAML to JSON: )?([\s\S]*)$/.exec(text) ?? [];
  if (file !== undefined && yaml !== undefined) {
    return { kind: 'template', template: file, reason: `it renders no valid YAML: ${yaml}` };
  }
  const frames = [
    ...text.matchAll(/^(\S+\/templates\/\S+:\d+(?::\d+)?)\n\s+executing "[^"]*" at <([^\n]*)>:\n\s+([^\n]*)/gm),
  ];
  const last = frames.at(-1);
  if (last === undefined) return undefined;
  return { kind: 'template', template: lineOf(last[1] ?? ''), reason: `${last[2]}: ${last[3]}` };
};

/** `tiny/templates/settings.yaml:13` without the column. */
function lineOf(place: string): string {
  return place.replace(/^(.*:\d+):\d+$/, '$1');
}

const missingDependency: Reader = text => {
  const [, list] = /found in Chart\.yaml, but missing in charts\/ directory: (.*)/.exec(text) ?? [];
  return list === undefined ? undefined : { kind: 'missing-dependency', dependencies: list.trim().split(/,\s*/) };
};

/** Registries are spoken to by oras-go, repositories by Helm itself. */
const pull: Reader = text => {
  const [, actual, expected] = /chart reference digest mismatch: (\S+) is not (\S+)/.exec(text) ?? [];
  if (actual !== undefined && expected !== undefined) return { kind: 'digest', expected, actual };
  const isPull =
    /^failed to perform "\w+" on (?:source|destination): |is not a valid chart repository or cannot be reached: /;
  const [, reason] = /^(chart "[^"]*" version "[^"]*" not found in .*)$/.exec(text) ?? [];
  if (reason !== undefined) return { kind: 'chart-not-found', reason };
  if (!isPull.test(text)) return undefined;
  const said = text.replace(/^failed to perform "\w+" on \w+: /, '');
  if (/: not found$|status code 404| : 404 /.test(said)) return { kind: 'chart-not-found', reason: said };
  if (/status code 40[13]| : 40[13] /.test(said)) return { kind: 'registry-denied', reason: said };
  return { kind: 'registry-unreachable', reason: said };
};

const misuse: Reader = text =>
  /forceConflicts enabled when serverSideApply disabled|none of the others can be|unknown (?:flag|command)/.test(text)
    ? { kind: 'misuse', reason: text }
    : undefined;

const readers: readonly Reader[] = [
  pending,
  values,
  kubeVersion,
  missingDependency,
  template,
  pull,
  misuse,
  tooLarge,
  conflict,
  webhookDenied,
  webhookUnreachable,
  policyDenied,
  quota,
  forbidden,
  unreachable,
  notOwned,
  notInLastRevision,
  missingKind,
  malformed,
  invalid,
  notFound,
  serverTrouble,
  hook,
  timeout,
];
