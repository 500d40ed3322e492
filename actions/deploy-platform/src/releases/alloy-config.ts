/** What the collector of a node is told. */
export interface AlloyConfig {
  /** Where lines go, with `/loki/api/v1/push`; undefined where nobody keeps any. */
  readonly logs: string | undefined;
  /** Where spans go: host and port of OTLP by gRPC; undefined where nobody keeps any. */
  readonly traces: string | undefined;
  /** On every line. */
  readonly labels: Readonly<Record<string, string>>;
}

export const otlpPorts = { grpc: 4317, http: 4318 } as const;

/**
 * In Alloy's language (Grafana Alloy, "Collect Kubernetes logs" and "Collect OpenTelemetry data"). The chart puts it through a
 * template, so nothing in it may look like one.
 */
export function alloyConfig({ logs, traces, labels }: AlloyConfig): string {
  return [
    'logging {\n  level = "warn"\n}',
    ...(logs === undefined ? [] : [logsConfig(logs, labels)]),
    ...(traces === undefined ? [] : [tracesConfig(traces)]),
  ].join('\n\n');
}

/** From labels of discovery to labels of lines. Few, because each set of values is a stream of its own in Loki. */
const kept: readonly (readonly [from: string, to: string])[] = [
  ['__meta_kubernetes_namespace', 'namespace'],
  ['__meta_kubernetes_pod_name', 'pod'],
  ['__meta_kubernetes_pod_container_name', 'container'],
  ['__meta_kubernetes_pod_label_app_kubernetes_io_name', 'app'],
];

function logsConfig(url: string, labels: Readonly<Record<string, string>>): string {
  const rules = kept.map(
    ([from, to]) => `  rule {\n    source_labels = [${quoted(from)}]\n    target_label  = ${quoted(to)}\n  }`,
  );
  const external = Object.entries(labels).map(([name, value]) => `    ${name} = ${quoted(value)},`);
  return `discovery.kubernetes "pods" {
  role = "pod"
  selectors {
    role  = "pod"
    field = "spec.nodeName=" + sys.env("K8S_NODE_NAME")
  }
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets
${rules.join('\n')}
  rule {
    source_labels = ["__meta_kubernetes_pod_uid", "__meta_kubernetes_pod_container_name"]
    separator     = "/"
    target_label  = "__path__"
    replacement   = "/var/log/pods/*$1/*.log"
  }
}

local.file_match "pods" {
  path_targets = discovery.relabel.pods.output
}

loki.source.file "pods" {
  targets    = local.file_match.pods.targets
  forward_to = [loki.process.pods.receiver]
}

loki.process "pods" {
  stage.cri {}
  stage.labels {
    values = { stream = "" }
  }
  stage.label_drop {
    values = ["filename"]
  }
  forward_to = [loki.write.loki.receiver]
}

loki.write "loki" {
  endpoint {
    url = ${quoted(url)}
  }
  external_labels = {
${external.join('\n')}
  }
}`;
}

function tracesConfig(endpoint: string): string {
  return `otelcol.receiver.otlp "traces" {
  grpc {
    endpoint = "0.0.0.0:${otlpPorts.grpc}"
  }
  http {
    endpoint = "0.0.0.0:${otlpPorts.http}"
  }
  output {
    traces = [otelcol.processor.batch.traces.input]
  }
}

otelcol.processor.batch "traces" {
  output {
    traces = [otelcol.exporter.otlp.jaeger.input]
  }
}

otelcol.exporter.otlp "jaeger" {
  client {
    endpoint = ${quoted(endpoint)}
    tls {
      insecure = true
    }
  }
}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
