import type { JsonObject } from '@suite/foundation';
import type { ServiceRef } from '@suite/kubernetes';
import type { EnvironmentScope } from '@suite/platform-file';
import { type DataSource, dataSourcesOf } from '../releases/data-sources.ts';
import { lokiGateway } from '../releases/loki.ts';
import { alertmanagerService, grafanaService, prometheusService, type ServiceOf } from '../releases/stack-names.ts';
import { at } from '../releases/values.ts';
import type { RenderedRelease } from '../render.ts';
import { type Answer, alertAnswer, dataSourceAnswer, linesAnswer, type Row, targetAnswers } from './answers.ts';

/** One question to a service, and the rows of the table that its answer gives. */
export interface Asked {
  readonly service: ServiceRef;
  /** What is to be known. */
  readonly rows: readonly Row[];
  /** What each row is, in their order. Pure. */
  readonly judge: (body: string) => readonly Answer[];
  /** What it means that the service itself does not answer. */
  readonly silence: 'failed' | 'unknown';
}

/** The alert that the stack's own rules always fire. */
const watchdog = 'Watchdog';
/** Lines of Loki's canary carry the name of its pod. */
const canaryLines = 'sum(count_over_time({pod=~"loki-canary-.+"}[5m]))';

/** What the parts of a platform have to say of one another, as far as they are on. */
export function askedOf(rendered: readonly RenderedRelease[], view: EnvironmentScope): readonly Asked[] {
  const stack = rendered.find(({ release }) => release.name === 'kube-prometheus-stack')?.release;
  const part = (name: 'prometheus' | 'alertmanager' | 'grafana', of: (values: JsonObject) => ServiceOf) =>
    stack === undefined || at(stack.values, name, 'enabled') === false
      ? undefined
      : ({ namespace: stack.namespace, scheme: 'http', ...of(stack.values) } as const);
  const prometheus = part('prometheus', prometheusService);
  const alertmanager = part('alertmanager', alertmanagerService);
  const grafana = part('grafana', grafanaService);
  const setting = stack?.setting ?? '';
  return [
    ...(prometheus === undefined ? [] : targets(prometheus, rendered)),
    ...(grafana === undefined ? [] : sources(view).map(source => dataSource(grafana, source, setting))),
    ...(view.releases.loki === undefined ? [] : [lines(view.releases.loki.setting)]),
    ...(alertmanager === undefined ? [] : [alert(alertmanager, watchdog, setting)]),
    ...(alertmanager === undefined || view.releases.alerts === undefined
      ? []
      : [alert(alertmanager, 'PlatformCanary', view.releases.alerts.setting)]),
  ];
}

type Service = Omit<ServiceRef, 'path'>;

/** All monitors by one question: Prometheus tells every target that it has. */
function targets(prometheus: Service, rendered: readonly RenderedRelease[]): Asked[] {
  const monitors = rendered.flatMap(({ release, objects }) =>
    objects
      .filter(({ object }) => object.kind === 'ServiceMonitor')
      .map(({ object }) => ({ release, name: object.metadata.name, namespace: object.metadata.namespace ?? '' })),
  );
  if (monitors.length === 0) return [];
  return [
    {
      service: { ...prometheus, path: '/api/v1/targets?state=active' },
      rows: monitors.map(({ release, name, namespace }) => ({
        id: `running/target/${namespace}/${name}`,
        name: `Targets of ServiceMonitor ${namespace}/${name}`,
        setting: release.setting,
      })),
      judge: body => targetAnswers(body, monitors),
      silence: 'unknown',
    },
  ];
}

/** Prometheus is the stack's own, by the uid that its chart gives it. */
function sources(view: EnvironmentScope): readonly Pick<DataSource, 'name' | 'uid' | 'type'>[] {
  return [{ name: 'Prometheus', uid: 'prometheus', type: 'prometheus' }, ...dataSourcesOf(view)];
}

/** A question that needs nothing to be there, by the type of the data source. */
const harmless: Readonly<Record<string, string>> = {
  prometheus: '/api/v1/query?query=vector(1)',
  loki: '/loki/api/v1/labels',
  jaeger: '/api/services',
};

/** Through Grafana, as people ask. */
function dataSource(
  grafana: Service,
  { name, uid, type }: Pick<DataSource, 'name' | 'uid' | 'type'>,
  setting: string,
): Asked {
  return {
    service: { ...grafana, path: `/api/datasources/proxy/uid/${uid}${harmless[type] ?? '/'}` },
    rows: [{ id: `running/data-source/${uid}`, name: `Data source ${name} of Grafana`, setting }],
    judge: body => [dataSourceAnswer(body)],
    silence: 'failed',
  };
}

function lines(setting: string): Asked {
  return {
    service: {
      ...lokiGateway,
      scheme: 'http',
      path: `/loki/api/v1/query?${new URLSearchParams({ query: canaryLines })}`,
    },
    rows: [{ id: 'running/log-lines', name: 'Lines of the canary in Loki', setting }],
    judge: body => [linesAnswer(body)],
    silence: 'unknown',
  };
}

function alert(alertmanager: Service, name: string, setting: string): Asked {
  const filter = new URLSearchParams({ filter: `alertname="${name}"`, active: 'true' });
  return {
    service: { ...alertmanager, path: `/api/v2/alerts?${filter}` },
    rows: [{ id: `running/alert/${name}`, name: `Alert ${name} in Alertmanager`, setting }],
    judge: body => [alertAnswer(body, name)],
    // Alerts reach nobody then.
    silence: 'failed',
  };
}
