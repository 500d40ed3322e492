import { asArray, asObject, asString, isObject, type JsonObject } from '@suite/foundation';
import type { PodSecurityLevel } from '@suite/platform-file';
import { allContainers, type Container } from './pod-templates.ts';

/** A pod as pod security sees it. */
export interface SecuredPod {
  readonly annotations: JsonObject;
  readonly spec: JsonObject;
}

/** What a pod has that its namespace does not allow. */
export interface Violation {
  /** Id of the check in pod-security-admission. */
  readonly id: string;
  /** What is wrong, a clause: `containers web must not set securityContext.privileged`. */
  readonly message: string;
}

interface Rule {
  readonly id: string;
  readonly level: Exclude<PodSecurityLevel, 'privileged'>;
  /** First minor of Kubernetes that has it. */
  readonly since?: number;
  /** The stricter rule that stands in for it in `restricted`, from a minor on. */
  readonly replacedBy?: { readonly since: number };
  readonly exempt?: (pod: SecuredPod, minor: number) => boolean;
  /** What is wrong, clauses; none when all is well. */
  readonly find: (pod: SecuredPod, minor: number) => string[];
}

const context = (holder: JsonObject) => asObject(holder['securityContext']);
const own = (object: JsonObject, name: string) => (Object.hasOwn(object, name) ? object[name] : undefined);

/** A clause about the containers for which something holds. */
function containers(pod: SecuredPod, isBad: (container: Container) => boolean, clause: string): string[] {
  const bad = allContainers(pod.spec).filter(isBad);
  if (bad.length === 0) return [];
  return [`${bad.length === 1 ? 'container' : 'containers'} ${bad.map(({ name }) => name).join(', ')} ${clause}`];
}

/** A clause about the pod's own security context and those of its containers. */
function contexts(pod: SecuredPod, isBad: (context: JsonObject) => boolean, clause: string): string[] {
  const own = isBad(context(pod.spec)) ? [`the pod ${clause}`] : [];
  return [...own, ...containers(pod, container => isBad(context(container)), clause)];
}

const defaultCapabilities: ReadonlySet<unknown> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);
const seLinuxTypes: readonly unknown[] = ['', 'container_t', 'container_init_t', 'container_kvm_t'];
const sysctls: readonly (readonly [since: number, names: readonly string[]])[] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
  [37, ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']],
];
const volumeTypes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const isWindows = ({ spec }: SecuredPod) => asObject(spec['os'])['name'] === 'windows';
/** In a user namespace root is nobody outside (from 1.35 on without a feature gate). */
const isInUserNamespace = ({ spec }: SecuredPod, minor: number) => minor >= 35 && spec['hostUsers'] === false;
const isSeccomp = (type: unknown) => type === 'RuntimeDefault' || type === 'Localhost';
const profileOf = (holder: JsonObject, field: string) => own(context(holder), field);
const capabilitiesOf = (container: Container) => asObject(context(container)['capabilities']);
const usesMaskedProc = (container: Container) =>
  [undefined, null, 'Default'].includes(context(container)['procMount'] as string | undefined | null);
const windows = (context: JsonObject) => asObject(context['windowsOptions'])['hostProcess'] === true;

/**
 * The Pod Security Standards as k8s.io/pod-security-admission 0.34.4 checks them (`policy/check_*.go`), with what 0.36.2 has of
 * later versions.
 */
const rules: readonly Rule[] = [
  {
    id: 'privileged',
    level: 'baseline',
    find: pod => containers(pod, it => context(it)['privileged'] === true, 'must not be privileged'),
  },
  {
    id: 'hostNamespaces',
    level: 'baseline',
    find: ({ spec }) =>
      ['hostNetwork', 'hostPID', 'hostIPC'].filter(field => spec[field] === true).map(field => `${field} is set`),
  },
  {
    id: 'hostPathVolumes',
    level: 'baseline',
    replacedBy: { since: 0 },
    find: ({ spec }) =>
      volumesOf(spec)
        .filter(volume => isObject(volume['hostPath']))
        .map(volume => `volume ${asString(volume['name']) ?? ''} is a hostPath`),
  },
  {
    id: 'hostPorts',
    level: 'baseline',
    find: pod =>
      containers(
        pod,
        ({ ports }) =>
          asArray(ports).some(port => ![undefined, null, 0].includes(asObject(port)['hostPort'] as number)),
        'must use no hostPort',
      ),
  },
  {
    id: 'hostProbesAndHostLifecycle',
    level: 'baseline',
    since: 34,
    find: pod => containers(pod, namesHost, 'must name no host in probes and lifecycle handlers'),
  },
  {
    id: 'appArmorProfile',
    level: 'baseline',
    find: pod => [
      ...contexts(
        pod,
        it => isObject(it['appArmorProfile']) && !isSeccomp(asObject(it['appArmorProfile'])['type']),
        'must use the AppArmor profile RuntimeDefault or Localhost',
      ),
      ...Object.entries(pod.annotations)
        .filter(
          ([key, value]) => key.startsWith('container.apparmor.security.beta.kubernetes.io/') && !isAppArmor(value),
        )
        .map(([key]) => `annotation ${key} has a forbidden AppArmor profile`),
    ],
  },
  {
    id: 'capabilities_baseline',
    level: 'baseline',
    replacedBy: { since: 22 },
    find: pod =>
      containers(
        pod,
        it => asArray(capabilitiesOf(it)['add']).some(capability => !defaultCapabilities.has(capability)),
        'must add no capabilities beyond the default ones',
      ),
  },
  {
    id: 'procMount',
    level: 'baseline',
    replacedBy: { since: 35 },
    exempt: isInUserNamespace,
    find: pod => containers(pod, it => !usesMaskedProc(it), 'must keep the default procMount'),
  },
  {
    id: 'seLinuxOptions',
    level: 'baseline',
    find: (pod, minor) =>
      contexts(
        pod,
        it => {
          const { type = '', user = '', role = '' } = asObject(it['seLinuxOptions']);
          const isAllowed = seLinuxTypes.includes(type ?? '') || (minor >= 31 && type === 'container_engine_t');
          return !isAllowed || (user ?? '') !== '' || (role ?? '') !== '';
        },
        'must set no SELinux user or role, and no type but those of containers',
      ),
  },
  {
    id: 'seccompProfile_baseline',
    level: 'baseline',
    replacedBy: { since: 19 },
    find: pod =>
      contexts(
        pod,
        it => isObject(it['seccompProfile']) && !isSeccomp(asObject(it['seccompProfile'])['type']),
        'must use the seccomp profile RuntimeDefault or Localhost',
      ),
  },
  {
    id: 'sysctls',
    level: 'baseline',
    find: (pod, minor) => {
      const allowed = new Set(sysctls.filter(([since]) => since <= minor).flatMap(([, names]) => names));
      return asArray(context(pod.spec)['sysctls'])
        .map(sysctl => asString(asObject(sysctl)['name']) ?? '')
        .filter(name => !allowed.has(name))
        .map(name => `sysctl ${name} is not allowed`);
    },
  },
  {
    id: 'windowsHostProcess',
    level: 'baseline',
    find: pod => contexts(pod, windows, 'must not be a Windows HostProcess'),
  },
  {
    id: 'allowPrivilegeEscalation',
    level: 'restricted',
    exempt: isWindows,
    find: pod =>
      containers(
        pod,
        it => context(it)['allowPrivilegeEscalation'] !== false,
        'must set securityContext.allowPrivilegeEscalation: false',
      ),
  },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    exempt: isWindows,
    find: pod => [
      ...containers(
        pod,
        it => !asArray(capabilitiesOf(it)['drop']).includes('ALL'),
        'must set securityContext.capabilities.drop: [ALL]',
      ),
      ...containers(
        pod,
        it => asArray(capabilitiesOf(it)['add']).some(capability => capability !== 'NET_BIND_SERVICE'),
        'must add no capability but NET_BIND_SERVICE',
      ),
    ],
  },
  {
    id: 'procMount_restricted',
    level: 'restricted',
    since: 35,
    find: pod => containers(pod, it => !usesMaskedProc(it), 'must keep the default procMount'),
  },
  {
    id: 'restrictedVolumes',
    level: 'restricted',
    find: ({ spec }) =>
      volumesOf(spec)
        .filter(volume => !volumeTypes.some(type => isObject(own(volume, type))))
        // Without any source it is an empty directory (core/v1, `SetDefaults_Volume`).
        .filter(volume => Object.keys(volume).some(key => key !== 'name'))
        .map(volume => `volume ${asString(volume['name']) ?? ''} is of a type that is not allowed`),
  },
  {
    id: 'runAsNonRoot',
    level: 'restricted',
    exempt: isInUserNamespace,
    find: pod => {
      const setting = context(pod.spec)['runAsNonRoot'];
      if (setting === false) return ['the pod must not set securityContext.runAsNonRoot: false'];
      return containers(
        pod,
        it => (context(it)['runAsNonRoot'] ?? setting) !== true,
        'must set securityContext.runAsNonRoot: true',
      );
    },
  },
  {
    id: 'runAsUser',
    level: 'restricted',
    exempt: isInUserNamespace,
    find: pod => contexts(pod, it => it['runAsUser'] === 0, 'must not set runAsUser: 0'),
  },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    exempt: isWindows,
    find: pod => {
      const profile = asObject(profileOf(pod.spec, 'seccompProfile'));
      const podSet = isSeccomp(profile['type']);
      const bad = isObject(profileOf(pod.spec, 'seccompProfile')) && !podSet;
      const clause = 'must set securityContext.seccompProfile.type: RuntimeDefault or Localhost';
      return [
        ...(bad ? [`the pod ${clause}`] : []),
        ...containers(
          pod,
          it => {
            const own = profileOf(it, 'seccompProfile');
            return isObject(own) ? !isSeccomp(own['type']) : !podSet;
          },
          clause,
        ),
      ];
    },
  },
];

/** Ids of all rules, for each level those that it adds. */
export const podSecurityRules: readonly Pick<Rule, 'id' | 'level'>[] = rules;

/** What a namespace of this level refuses a pod for, in Kubernetes 1.`minor`. */
export function violationsOf(pod: SecuredPod, level: PodSecurityLevel, minor: number): Violation[] {
  if (level === 'privileged') return [];
  return rules
    .filter(rule => level === 'restricted' || rule.level === 'baseline')
    .filter(({ since = 0 }) => since <= minor)
    .filter(({ replacedBy }) => level === 'baseline' || replacedBy === undefined || replacedBy.since > minor)
    .filter(({ exempt }) => exempt?.(pod, minor) !== true)
    .flatMap(({ id, find }) => find(pod, minor).map(message => ({ id, message })));
}

function volumesOf(spec: JsonObject): JsonObject[] {
  return asArray(spec['volumes']).map(asObject);
}

function namesHost(container: Container): boolean {
  const handlers = ['livenessProbe', 'readinessProbe', 'startupProbe'].map(name => asObject(own(container, name)));
  const lifecycle = asObject(container['lifecycle']);
  return [...handlers, asObject(lifecycle['postStart']), asObject(lifecycle['preStop'])].some(handler =>
    ['httpGet', 'tcpSocket'].some(kind => ![undefined, null, ''].includes(asObject(handler[kind])['host'] as string)),
  );
}

function isAppArmor(value: unknown): boolean {
  return value === '' || value === 'runtime/default' || (typeof value === 'string' && value.startsWith('localhost/'));
}
