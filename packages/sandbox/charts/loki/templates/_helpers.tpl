{{- define "loki.fullname" -}}
{{- $name := .Values.nameOverride | default "loki" -}}
{{- if .Values.fullnameOverride -}}{{ .Values.fullnameOverride }}
{{- else if contains $name .Release.Name -}}{{ .Release.Name }}
{{- else -}}{{ printf "%s-%s" .Release.Name $name }}{{- end -}}
{{- end -}}

{{- define "loki.namespace" -}}{{ .Values.namespaceOverride | default .Release.Namespace }}{{- end -}}

{{- define "loki.selector" -}}
app.kubernetes.io/name: {{ .Values.nameOverride | default "loki" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "loki.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{ include "loki.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end -}}

{{/* Takes root and image. */}}
{{- define "loki.image" -}}
{{- $global := .root.Values.global -}}
{{- with coalesce $global.imageRegistry $global.image.registry .image.registry -}}{{ . }}/{{- end -}}
{{- .image.repository -}}
{{- if .image.digest -}}@{{ .image.digest }}{{- else -}}:{{ .image.tag | default .root.Chart.AppVersion }}{{- end -}}
{{- end -}}

{{/* Takes root, name, component and values: nothing for a single replica, and nothing where the budget says nothing. */}}
{{- define "loki.budget" -}}
{{- $budget := .values.podDisruptionBudget -}}
{{- if and $budget.enabled (gt (int .values.replicas) 1) (or $budget.minAvailable $budget.maxUnavailable) }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  namespace: {{ include "loki.namespace" .root }}
  labels:
    {{- include "loki.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
spec:
  {{- with $budget.minAvailable }}
  minAvailable: {{ . }}
  {{- end }}
  {{- with $budget.maxUnavailable }}
  maxUnavailable: {{ . }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "loki.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .component }}
{{- end }}
{{- end -}}

{{/* Takes root, name, component, ports and headless; `isScraped: false` keeps Prometheus away. */}}
{{- define "loki.service" -}}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  namespace: {{ include "loki.namespace" .root }}
  labels:
    {{- include "loki.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
    {{- if eq (.isScraped | toString) "false" }}
    prometheus.io/service-monitor: "false"
    {{- end }}
spec:
  type: ClusterIP
  {{- if .headless }}
  clusterIP: None
  {{- end }}
  ports:
    {{- toYaml .ports | nindent 4 }}
  selector:
    {{- include "loki.selector" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "loki.container-security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "loki.pod-security" -}}
fsGroup: {{ . }}
runAsGroup: {{ . }}
runAsNonRoot: true
runAsUser: {{ . }}
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{/* Takes root and values: where the pods of a component go. */}}
{{- define "loki.placement" -}}
{{- with .values.affinity }}
affinity:
  {{- tpl (toYaml .) $.root | nindent 2 }}
{{- end }}
{{- with .values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- tpl (toYaml .) $.root | nindent 2 }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
