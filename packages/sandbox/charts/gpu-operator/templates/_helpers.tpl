{{- define "gpu-operator.labels" -}}
app.kubernetes.io/name: gpu-operator
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/component: gpu-operator
{{- end -}}

{{- /* In three parts, as the operator takes it. */}}
{{- define "gpu-operator.image" -}}
{{- $part := index . 1 -}}
repository: {{ $part.repository }}
image: {{ $part.image }}
version: {{ $part.version | default (index . 0).Chart.AppVersion | quote }}
{{- end -}}
