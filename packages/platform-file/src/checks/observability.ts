import { sentenceList } from '@suite/foundation';
import type { Path } from '../position.ts';
import { nodesOf } from '../releases.ts';
import type { ReceiverSource } from '../schema/observability.ts';
import { quote } from '../wording.ts';
import type { Checker } from './checker.ts';

/** Logs, traces, alerts and dashboards: that each has what it hangs on. */
export function checkObservability(checker: Checker): void {
  checkLoki(checker);
  checkTraces(checker);
  checkAlerts(checker);
}

function checkLoki({ view, report }: Checker): void {
  const { loki } = view.releases;
  if (loki === undefined) return;
  const setting: Path = ['releases', 'loki'];
  if (view.storage === undefined) {
    report(
      setting,
      '`loki` keeps logs in the storage account, and there is none.',
      'Remove `storage: false`, or set `loki: false`.',
    );
  } else if (view.workloads.loki === undefined) {
    report(
      setting,
      '`loki` reaches the storage account with workload identity, and that is off.',
      'Remove `workload-identity: false`, or set `loki: false`.',
    );
  }
  const nodes = nodesOf(view.cluster.pools.user, 'max');
  if (loki.replicas > nodes) {
    report(
      [...setting, 'replicas'],
      `Each of ${loki.replicas} servers of Loki wants a node for itself, and the user pool has ${nodes} at most.`,
      `Set \`cluster.pools.user.max: ${loki.replicas}\` or more, or fewer \`replicas\`.`,
    );
  }
  if (loki.replicas === 2) {
    report(
      [...setting, 'replicas'],
      'Two servers of Loki are no safer than one: while one is away, nothing is written.',
      'Use one, or three and more.',
    );
  }
}

function checkTraces({ view, merged, report }: Checker): void {
  const { alloy, loki, jaeger } = view.releases;
  if (alloy !== undefined && loki === undefined && jaeger === undefined) {
    report(
      ['releases', 'alloy'],
      '`alloy` collects for `loki` and `jaeger`, and both are off.',
      'Switch one of them on.',
    );
  }
  if (jaeger === undefined) return;
  const setting: Path = ['releases', 'jaeger'];
  const { kind } = jaeger.storage;
  if (kind === 'disk' && !view.cluster.features.csi.disk) {
    report(
      [...setting, 'storage'],
      'Traces on disk need the driver for disks, which is off.',
      'Switch `cluster.features.csi.disk` on, or use `storage: memory`.',
    );
  }
  const said = merged.releases?.jaeger;
  const idle = kind === 'memory' ? (['size', 'retention'] as const) : (['max-traces'] as const);
  for (const key of idle) {
    if (typeof said !== 'object' || said[key] === undefined) continue;
    report([...setting, key], `\`${key}\` says nothing with \`storage: ${kind}\`.`, 'Remove it, or change `storage`.');
  }
}

function checkAlerts(checker: Checker): void {
  const { view, merged, report } = checker;
  const { alerts, dashboards, metrics } = view.releases;
  if (alerts !== undefined && metrics === undefined) {
    report(
      ['releases', 'alerts'],
      '`alerts` needs `kube-prometheus-stack`, which is off.',
      'Switch it on, or set `alerts: false`.',
    );
  }
  if (dashboards !== undefined && metrics?.grafana !== true) {
    report(
      ['releases', 'dashboards'],
      '`dashboards` needs Grafana, which is off.',
      'Switch `kube-prometheus-stack` on with its `grafana`, or set `dashboards: false`.',
    );
  }
  const said = merged.releases?.alerts;
  if (alerts === undefined || typeof said !== 'object') return;
  checkNames(checker, 'receivers', said.receivers ?? []);
  checkNames(checker, 'objectives', said.objectives ?? []);
  for (const [index, receiver] of (said.receivers ?? []).entries()) checkReceiver(checker, index, receiver);
}

function checkNames({ report }: Checker, list: 'receivers' | 'objectives', items: readonly { name: string }[]): void {
  const names = items.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    const setting: Path = ['releases', 'alerts', list, index, 'name'];
    if (names.indexOf(name) < index)
      report(setting, `${quote(name)} is the name of two ${list}.`, 'Give each its own.');
    else if (list === 'receivers' && name === silent) {
      report(setting, `${quote(name)} is the receiver that tells nobody.`, 'Use another name.');
    }
  }
}

/** Of what nobody is to be told. */
const silent = 'nobody';

const ofEmail = ['to', 'from', 'smarthost', 'username'] as const;

function checkReceiver({ report, isSound }: Checker, index: number, said: ReceiverSource): void {
  const setting: Path = ['releases', 'alerts', 'receivers', index];
  const lacks = (keys: readonly (keyof ReceiverSource)[]) =>
    keys.filter(
      key => (said[key] === undefined || (key === 'to' && said.to?.length === 0)) && isSound([...setting, key]),
    );
  const list = (keys: readonly string[]) => sentenceList(keys.map(key => `\`${key}\``));
  if (said.type === 'email') {
    const missing = lacks(['to', 'from', 'smarthost']);
    if (missing.length > 0)
      report(setting, `Mail to ${quote(said.name)} lacks ${list(missing)}.`, 'Say who, from whom and by which server.');
    if ((said.username === undefined) !== (said.secret === undefined)) {
      report(
        setting,
        `${quote(said.name)} signs in at the mail server with a user name and a password, and has only one of them.`,
        'Set both `username` and `secret`, or neither.',
      );
    }
    return;
  }
  if (lacks(['secret']).length > 0) {
    report(
      setting,
      `\`${said.type}\` of ${quote(said.name)} has no \`secret\`.`,
      'Name the Secret in the namespace `monitoring` that holds its address or key.',
    );
  }
  for (const key of ofEmail) {
    if (said[key] === undefined) continue;
    report([...setting, key], `\`${key}\` is for mail, and ${quote(said.name)} is \`${said.type}\`.`, 'Remove it.');
  }
}
