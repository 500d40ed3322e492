import type { JsonObject } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';
import { jaegerService } from './jaeger.ts';
import { lokiGateway } from './loki.ts';

/** A data source of Grafana, by the uid that dashboards and links name it with. */
export interface DataSource {
  readonly name: string;
  readonly uid: string;
  readonly type: string;
  readonly access: 'proxy';
  readonly url: string;
  readonly jsonData?: JsonObject;
}

/** Data sources beside Prometheus, which the stack brings itself. */
export function dataSourcesOf({ releases }: EnvironmentScope): readonly DataSource[] {
  const { loki, jaeger } = releases;
  return [
    ...(loki === undefined
      ? []
      : [
          {
            name: 'Loki',
            uid: 'loki',
            type: 'loki',
            access: 'proxy',
            url: `http://${lokiGateway.service}.${lokiGateway.namespace}.svc`,
          } as const,
        ]),
    ...(jaeger === undefined
      ? []
      : [
          {
            name: 'Jaeger',
            uid: 'jaeger',
            type: 'jaeger',
            access: 'proxy',
            url: `http://${jaegerService.service}.${jaegerService.namespace}.svc:${jaegerService.port}`,
            // From a span to the lines of its pod.
            ...(loki === undefined
              ? {}
              : {
                  jsonData: {
                    tracesToLogsV2: {
                      datasourceUid: 'loki',
                      tags: [
                        { key: 'k8s.namespace.name', value: 'namespace' },
                        { key: 'k8s.pod.name', value: 'pod' },
                      ],
                    },
                  },
                }),
          } as const,
        ]),
  ];
}

/** As values of the stack's Grafana. */
export function dataSources(view: EnvironmentScope): JsonObject {
  const additional = dataSourcesOf(view);
  return additional.length === 0 ? {} : { additionalDataSources: additional };
}
