import { defaults } from './defaults.ts';
import type {
  AlertReceiver,
  AlertsRelease,
  JaegerRelease,
  KnownRelease,
  LokiRelease,
  ObservabilityRelease,
  ReleaseSettings,
  Releases,
  SecretKey,
} from './resolved.ts';
import { block, type Said } from './said-release.ts';
import type { ReceiverSource } from './schema/observability.ts';
import { hours, mebibytes } from './units.ts';

interface Circumstances {
  readonly said: Said;
  readonly isOn: (name: KnownRelease) => boolean;
  readonly common: (name: KnownRelease, said: Said) => ReleaseSettings;
  readonly production: boolean;
  /** Of the user pool at its most. */
  readonly nodes: number;
}

/** Servers of Loki that together keep a line three times. */
const lokiServers = 3;

/** Logs, traces, alerts and dashboards: what is on, with every default filled in. */
export function resolveObservability(circumstances: Circumstances): Pick<Releases, ObservabilityRelease> {
  const { said, isOn, common } = circumstances;
  return {
    loki: isOn('loki') ? resolveLoki(circumstances) : undefined,
    alloy: isOn('alloy') ? common('alloy', said) : undefined,
    jaeger: isOn('jaeger') ? resolveJaeger(circumstances) : undefined,
    alerts: isOn('alerts') ? resolveAlertsRelease(circumstances) : undefined,
    dashboards: isOn('dashboards') ? common('dashboards', said) : undefined,
  };
}

function resolveLoki({ said, common, production, nodes }: Circumstances): LokiRelease {
  const { retention, storage, replicas, cache } = block('loki', said);
  const fallback = defaults.releases.logs;
  const size = cache ?? (production ? fallback.cache : 'off');
  const wants = production ? lokiServers : 1;
  // Each wants a node for itself.
  const scarce = replicas === undefined && nodes < wants ? { wants, has: nodes } : undefined;
  return {
    ...common('loki', said),
    retentionHours: hours(retention ?? fallback.retention),
    storage: storage ?? fallback.storage,
    replicas: replicas ?? (scarce === undefined ? wants : 1),
    scarce,
    cacheMebibytes: size === 'off' ? undefined : mebibytes(size),
  };
}

function resolveJaeger({ said, common }: Circumstances): JaegerRelease {
  const { storage, size, retention, 'max-traces': maxTraces } = block('jaeger', said);
  const fallback = defaults.releases.traces;
  return {
    ...common('jaeger', said),
    storage:
      (storage ?? fallback.storage) === 'memory'
        ? { kind: 'memory', maxTraces: maxTraces ?? fallback.maxTraces }
        : { kind: 'disk', size: size ?? fallback.size, retentionHours: hours(retention ?? fallback.retention) },
  };
}

function resolveAlertsRelease({ said, common }: Circumstances): AlertsRelease {
  const { receivers = [], objectives = [] } = block('alerts', said);
  return { ...common('alerts', said), receivers: receivers.flatMap(resolveReceiver), objectives };
}

const usualKeys = { webhook: 'url', teams: 'url', pagerduty: 'routing-key', email: 'password' } as const;

/** Nothing for what lacks a part that it needs, which is refused when the file is read. */
function resolveReceiver(said: ReceiverSource): AlertReceiver[] {
  const { name, type, from, smarthost, username, to = [] } = said;
  const about = {
    name,
    severity: said.severity ?? defaults.releases.alerts.severity,
    sendResolved: said.resolved ?? true,
  };
  const secret: SecretKey | undefined =
    said.secret === undefined ? undefined : { name: said.secret, key: said.key ?? usualKeys[type] };
  if (type !== 'email') return secret === undefined ? [] : [{ ...about, type, secret }];
  if (from === undefined || smarthost === undefined || to.length === 0) return [];
  const login = username === undefined || secret === undefined ? undefined : { username, password: secret };
  return [{ ...about, type, to, from, smarthost, login }];
}
