import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@suite/foundation';
import { podSecurityRules, violationsOf } from './pod-security.ts';

/** Allowed at every level. */
const good: JsonObject = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container({})],
};

function container(context: JsonObject, more: JsonObject = {}): JsonObject {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, ...context };
  return { name: 'web', securityContext, ...more };
}

const pod = (more: JsonObject): JsonObject => ({ ...good, ...more });
const of = (context: JsonObject, more: JsonObject = {}) => pod({ containers: [container(context, more)] });
const inPod = (context: JsonObject) =>
  pod({ securityContext: { ...(good['securityContext'] as JsonObject), ...context } });
const ids = (spec: JsonObject, level: 'baseline' | 'restricted', minor = 34, annotations: JsonObject = {}) =>
  violationsOf({ spec, annotations }, level, minor).map(({ id }) => id);

const baseline: readonly [string, JsonObject, string[]][] = [
  ['privileged', of({ privileged: true }), ['privileged']],
  ['a privileged init container', pod({ initContainers: [container({ privileged: true })] }), ['privileged']],
  ['host network', pod({ hostNetwork: true }), ['hostNamespaces']],
  ['host PID and IPC', pod({ hostPID: true, hostIPC: true }), ['hostNamespaces', 'hostNamespaces']],
  ['a host port', of({}, { ports: [{ containerPort: 80, hostPort: 80 }] }), ['hostPorts']],
  ['a port of its own', of({}, { ports: [{ containerPort: 80, hostPort: 0 }] }), []],
  ['a probe of a host', of({}, { readinessProbe: { httpGet: { host: '10.0.0.1' } } }), ['hostProbesAndHostLifecycle']],
  [
    'a handler of a host',
    of({}, { lifecycle: { preStop: { tcpSocket: { host: 'a' } } } }),
    ['hostProbesAndHostLifecycle'],
  ],
  ['a probe', of({}, { readinessProbe: { httpGet: { host: '', port: 80 } } }), []],
  ['AppArmor off', of({ appArmorProfile: { type: 'Unconfined' } }), ['appArmorProfile']],
  ['AppArmor of the host', inPod({ appArmorProfile: { type: 'Localhost' } }), []],
  ['proc unmasked', of({ procMount: 'Unmasked' }), ['procMount']],
  ['an SELinux type', inPod({ seLinuxOptions: { type: 'spc_t' } }), ['seLinuxOptions']],
  ['an SELinux user', of({ seLinuxOptions: { user: 'root' } }), ['seLinuxOptions']],
  ['an SELinux type of containers', of({ seLinuxOptions: { type: 'container_engine_t', level: 's0' } }), []],
  ['a sysctl', inPod({ sysctls: [{ name: 'kernel.msgmax' }] }), ['sysctls']],
  ['a safe sysctl', inPod({ sysctls: [{ name: 'net.ipv4.tcp_rmem' }] }), []],
  ['Windows', of({ windowsOptions: { hostProcess: true } }), ['windowsHostProcess']],
  ['hidden in an ephemeral container', pod({ ephemeralContainers: [container({ privileged: true })] }), ['privileged']],
];

/** What `restricted` sees with a rule of its own. */
const stricter: readonly [string, JsonObject, string[], string[]][] = [
  [
    'a host path',
    pod({ volumes: [{ name: 'a', hostPath: { path: '/' } }] }),
    ['hostPathVolumes'],
    ['restrictedVolumes'],
  ],
  ['NFS', pod({ volumes: [{ name: 'a', nfs: {} }] }), [], ['restrictedVolumes']],
  [
    'volumes of the cluster',
    pod({ volumes: [{ name: 'a', emptyDir: {} }, { name: 'b', csi: {} }, { name: 'c' }] }),
    [],
    [],
  ],
  [
    'a capability',
    of({ capabilities: { add: ['NET_RAW'], drop: ['ALL'] } }),
    ['capabilities_baseline'],
    ['capabilities_restricted'],
  ],
  ['a default capability', of({ capabilities: { add: ['CHOWN'], drop: ['ALL'] } }), [], ['capabilities_restricted']],
  ['low ports', of({ capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } }), [], []],
  ['not all dropped', of({ capabilities: { drop: ['NET_RAW'] } }), [], ['capabilities_restricted']],
  [
    'seccomp off',
    of({ seccompProfile: { type: 'Unconfined' } }),
    ['seccompProfile_baseline'],
    ['seccompProfile_restricted'],
  ],
  ['no seccomp', pod({ securityContext: { runAsNonRoot: true } }), [], ['seccompProfile_restricted']],
  [
    'seccomp in the container',
    pod({
      securityContext: { runAsNonRoot: true },
      containers: [container({ seccompProfile: { type: 'Localhost' } })],
    }),
    [],
    [],
  ],
  ['escalation', of({ allowPrivilegeEscalation: true }), [], ['allowPrivilegeEscalation']],
  ['escalation not said', of({ allowPrivilegeEscalation: undefined }), [], ['allowPrivilegeEscalation']],
  ['root not said', inPod({ runAsNonRoot: undefined }), [], ['runAsNonRoot']],
  ['root allowed', inPod({ runAsNonRoot: false }), [], ['runAsNonRoot']],
  ['root allowed in a container', of({ runAsNonRoot: false }), [], ['runAsNonRoot']],
  ['root', of({ runAsUser: 0 }), [], ['runAsUser']],
  ['root of the pod', inPod({ runAsUser: 0 }), [], ['runAsUser']],
  ['somebody', of({ runAsUser: 1000 }), [], []],
];

describe('baseline, and restricted as well', () => {
  test.each(baseline)('%s', (_, spec, expected) => {
    expect(ids(spec, 'baseline')).toEqual(expected);
    expect(ids(spec, 'restricted')).toEqual(expected);
  });
});

describe('restricted alone or otherwise', () => {
  test.each(stricter)('%s', (_, spec, inBaseline, inRestricted) => {
    expect(ids(spec, 'baseline')).toEqual(inBaseline);
    expect(ids(spec, 'restricted')).toEqual(inRestricted);
  });
});

test('every rule is broken by some case', () => {
  const broken = new Set([
    ...baseline.flatMap(([, , found]) => found),
    ...stricter.flatMap(([, , one, other]) => [...one, ...other]),
  ]);
  expect([...broken, 'procMount_restricted'].sort()).toEqual(podSecurityRules.map(({ id }) => id).sort());
});

test('privileged refuses nothing', () => {
  expect(violationsOf({ spec: pod({ hostNetwork: true }), annotations: {} }, 'privileged', 34)).toEqual([]);
});

test('annotations of AppArmor count', () => {
  const key = 'container.apparmor.security.beta.kubernetes.io/web';
  expect(ids(good, 'baseline', 34, { [key]: 'unconfined' })).toEqual(['appArmorProfile']);
  expect(ids(good, 'baseline', 34, { [key]: 'localhost/mine', other: 'unconfined' })).toEqual([]);
});

describe('by version', () => {
  const user = (context: JsonObject) => ({ ...of(context), hostUsers: false });
  test.each<[string, JsonObject, 'baseline' | 'restricted', number, string[]]>([
    ['hosts of probes before 1.34', of({}, { readinessProbe: { httpGet: { host: 'a' } } }), 'baseline', 33, []],
    ['sysctls of 1.32', inPod({ sysctls: [{ name: 'net.ipv4.tcp_wmem' }] }), 'baseline', 31, ['sysctls']],
    [
      'SELinux types of 1.31',
      of({ seLinuxOptions: { type: 'container_engine_t' } }),
      'baseline',
      30,
      ['seLinuxOptions'],
    ],
    ['a user namespace before 1.35', user({ runAsUser: 0 }), 'restricted', 34, ['runAsUser']],
    ['a user namespace', user({ runAsUser: 0, runAsNonRoot: false }), 'restricted', 35, []],
    ['proc in a user namespace', user({ procMount: 'Unmasked' }), 'baseline', 35, []],
    [
      'proc in a user namespace, restricted',
      user({ procMount: 'Unmasked' }),
      'restricted',
      35,
      ['procMount_restricted'],
    ],
    ['proc', of({ procMount: 'Unmasked' }), 'restricted', 35, ['procMount_restricted']],
  ])('%s', (_, spec, level, minor, expected) => {
    expect(ids(spec, level, minor)).toEqual(expected);
  });

  test('Windows cannot set what is Linux’s', () => {
    const windows = { os: { name: 'windows' }, containers: [{ name: 'web' }], securityContext: { runAsNonRoot: true } };
    expect(ids(windows, 'restricted')).toEqual([]);
  });
});

test('says what is wrong with which container', () => {
  const spec = pod({ containers: [container({ privileged: true }), container({ privileged: true }, { name: 'b' })] });
  expect(violationsOf({ spec, annotations: {} }, 'baseline', 34)).toEqual([
    { id: 'privileged', message: 'containers web, b must not be privileged' },
  ]);
});
