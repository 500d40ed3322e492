{{- define "argo-cd.fullname" -}}
{{- if .Values.fullnameOverride -}}{{ .Values.fullnameOverride }}
{{- else if contains .Values.nameOverride .Release.Name -}}{{ .Release.Name }}
{{- else -}}{{ printf "%s-%s" .Release.Name .Values.nameOverride }}{{- end -}}
{{- end -}}

{{- define "argo-cd.namespace" -}}{{ .Values.namespaceOverride | default .Release.Namespace }}{{- end -}}

{{/* Takes root, and a component by the name that its values have. */}}
{{- define "argo-cd.component" -}}{{ printf "%s-%s" (include "argo-cd.fullname" .root) .values.name }}{{- end -}}

{{- define "argo-cd.selector" -}}
app.kubernetes.io/name: {{ printf "argocd-%s" .values.name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{- define "argo-cd.labels" -}}
{{ include "argo-cd.selector" . }}
app.kubernetes.io/component: {{ .values.name }}
{{ include "argo-cd.common" .root }}
{{- end -}}

{{- define "argo-cd.common" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/part-of: argocd
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- with .Values.global.additionalLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "argo-cd.image" -}}
{{- $image := .values.image | default dict -}}
{{- $global := .root.Values.global.image -}}
{{- $image.repository | default $global.repository }}:{{ $image.tag | default $global.tag | default .root.Chart.AppVersion }}
{{- end -}}

{{- define "argo-cd.secured" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{/*
Takes root, values, command, ports, probed (the probes that nobody has to switch on), probePort and probe (path, or nothing for a
plain connection).
*/}}
{{- define "argo-cd.template" -}}
metadata:
  labels:
    {{- include "argo-cd.labels" . | nindent 4 }}
    {{- range $labels := list .root.Values.global.podLabels .values.podLabels }}
    {{- with $labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- end }}
  {{- with mergeOverwrite (deepCopy .root.Values.global.podAnnotations) (.values.podAnnotations | default dict) }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ eq .values.name "redis" | ternary "default" (include "argo-cd.component" .) }}
  {{- with .root.Values.global.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.global.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  containers:
    - name: {{ .values.name }}
      image: {{ include "argo-cd.image" . | quote }}
      imagePullPolicy: {{ .root.Values.global.image.imagePullPolicy }}
      args:
        {{- toYaml .command | nindent 8 }}
      {{- if eq .values.name "dex-server" }}
      env:
        - name: ARGOCD_DEX_SERVER
          value: {{ include "argo-cd.component" . }}
      {{- end }}
      ports:
        {{- toYaml .ports | nindent 8 }}
      {{- range $probe := list "readinessProbe" "livenessProbe" }}
      {{- if or (has $probe $.probed) (dig "enabled" false (index $.values $probe | default dict)) }}
      {{ $probe }}:
        {{- if $.probe }}
        httpGet: { path: {{ $.probe | quote }}, port: {{ $.probePort }} }
        {{- else }}
        tcpSocket: { port: {{ $.probePort }} }
        {{- end }}
        initialDelaySeconds: 10
        periodSeconds: 10
      {{- end }}
      {{- end }}
      resources:
        {{- toYaml .values.resources | nindent 8 }}
      securityContext:
        {{- include "argo-cd.secured" . | nindent 8 }}
  {{- if has .values.name (list "dex-server" "repo-server") }}
  initContainers:
    - name: copyutil
      image: {{ include "argo-cd.image" (dict "root" .root "values" (dict "image" (eq .values.name "dex-server" | ternary .values.initImage .values.image))) | quote }}
      resources:
        {{- toYaml .values.resources | nindent 8 }}
      securityContext:
        {{- include "argo-cd.secured" . | nindent 8 }}
  {{- end }}
  nodeSelector:
    {{- toYaml (.values.nodeSelector | default .root.Values.global.nodeSelector) | nindent 4 }}
  {{- with .values.tolerations | default .root.Values.global.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm:
            labelSelector:
              matchLabels: { app.kubernetes.io/name: {{ printf "argocd-%s" .values.name }} }
            topologyKey: kubernetes.io/hostname
  {{- with .values.topologySpreadConstraints | default .root.Values.global.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- range $constraint := . }}
    - {{ toYaml $constraint | nindent 6 | trim }}
      {{- if not $constraint.labelSelector }}
      labelSelector:
        matchLabels: { app.kubernetes.io/name: {{ printf "argocd-%s" $.values.name }} }
      {{- end }}
    {{- end }}
  {{- end }}
{{- end -}}

{{/* What every component has around its workload. */}}
{{- define "argo-cd.around" -}}
{{- $name := include "argo-cd.component" . -}}
{{- $namespace := include "argo-cd.namespace" .root -}}
{{- /* Redis runs as whoever there is. */}}
{{- if ne .values.name "redis" }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  {{- with .values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  labels:
    {{- include "argo-cd.labels" . | nindent 4 }}
    {{- with .values.serviceAccount.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels:
    {{- include "argo-cd.labels" . | nindent 4 }}
rules:
  - apiGroups: [""]
    resources: [configmaps, secrets]
    verbs: [get, list, watch]
  - apiGroups: [argoproj.io]
    resources: [applications, applicationsets, appprojects]
    verbs: [get, list, watch, create, update, patch, delete]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels:
    {{- include "argo-cd.labels" . | nindent 4 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ $name }} }
subjects:
  - { kind: ServiceAccount, name: {{ $name }}, namespace: {{ $namespace }} }
{{- end }}
{{- $callers := dict "dex-server" (list "server") "redis" (list "server" "repo-server" "application-controller")
  "repo-server" (list "server" "application-controller" "notifications-controller" "applicationset-controller") -}}
{{- if and .root.Values.global.networkPolicy.create (or .values.metrics.enabled (ne .values.name "applicationset-controller")) }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels:
    {{- include "argo-cd.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "argo-cd.selector" . | nindent 6 }}
  policyTypes: [Ingress]
  ingress:
    {{- if eq .values.name "server" }}
    - {}
    {{- else }}
    {{- with get $callers .values.name }}
    - from:
        {{- range . }}
        - podSelector: { matchLabels: { app.kubernetes.io/name: argocd-{{ . }}, app.kubernetes.io/instance: {{ $.root.Release.Name }} } }
        {{- end }}
      ports:
        {{- range $.ports }}
        {{- if ne .name "metrics" }}
        - { port: {{ .name }}, protocol: TCP }
        {{- end }}
        {{- end }}
    {{- end }}
    {{- if ne .values.name "redis" }}
    - { from: [{ namespaceSelector: {} }], ports: [{ port: metrics }] }
    {{- end }}
    {{- end }}
{{- end }}
{{- if .values.pdb.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels:
    {{- include "argo-cd.labels" . | nindent 4 }}
spec:
  {{- if .values.pdb.maxUnavailable }}
  maxUnavailable: {{ .values.pdb.maxUnavailable }}
  {{- else }}
  minAvailable: {{ .values.pdb.minAvailable | default 0 }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "argo-cd.selector" . | nindent 6 }}
{{- end }}
{{- if and .values.autoscaling .values.autoscaling.enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels:
    {{- include "argo-cd.labels" . | nindent 4 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ $name }} }
  minReplicas: {{ .values.autoscaling.minReplicas }}
  maxReplicas: {{ .values.autoscaling.maxReplicas }}
  metrics:
    {{- range $name, $percentage := dict "memory" .values.autoscaling.targetMemoryUtilizationPercentage "cpu" .values.autoscaling.targetCPUUtilizationPercentage }}
    {{- if $percentage }}
    - type: Resource
      resource: { name: {{ $name }}, target: { type: Utilization, averageUtilization: {{ $percentage }} } }
    {{- end }}
    {{- end }}
{{- end }}
{{- if .values.metrics.enabled }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}-metrics
  namespace: {{ $namespace }}
  labels:
    {{- include "argo-cd.labels" . | nindent 4 }}
    app.kubernetes.io/part: metrics
spec:
  selector:
    {{- include "argo-cd.selector" . | nindent 4 }}
  ports:
    - { name: http-metrics, port: {{ .metricsPort }}, targetPort: {{ .metricsPort }}, protocol: TCP }
{{- /* Without the kind in the cluster the real chart leaves it out and says nothing. */}}
{{- if and .values.metrics.serviceMonitor.enabled (.root.Capabilities.APIVersions.Has "monitoring.coreos.com/v1") }}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  {{- with .values.metrics.serviceMonitor.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  labels:
    {{- include "argo-cd.labels" . | nindent 4 }}
    {{- with .values.metrics.serviceMonitor.additionalLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  endpoints:
    - { port: http-metrics, path: /metrics, interval: {{ .values.metrics.serviceMonitor.interval }}, honorLabels: false }
  namespaceSelector: { matchNames: [{{ $namespace }}] }
  selector:
    matchLabels:
      {{- include "argo-cd.selector" . | nindent 6 }}
      app.kubernetes.io/part: metrics
{{- end }}
{{- end }}
{{- end -}}

{{/* Takes in addition kind, and replicas unless an autoscaler sets them. */}}
{{- define "argo-cd.workload" -}}
{{ include "argo-cd.around" . }}
---
apiVersion: apps/v1
kind: {{ .kind }}
metadata:
  name: {{ include "argo-cd.component" . }}
  namespace: {{ include "argo-cd.namespace" .root }}
  labels:
    {{- include "argo-cd.labels" . | nindent 4 }}
spec:
  {{- if not (and .values.autoscaling .values.autoscaling.enabled) }}
  replicas: {{ .replicas | default 1 }}
  {{- end }}
  revisionHistoryLimit: {{ .root.Values.global.revisionHistoryLimit }}
  {{- if eq .kind "StatefulSet" }}
  serviceName: {{ include "argo-cd.component" . }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "argo-cd.selector" . | nindent 6 }}
  template:
    {{- include "argo-cd.template" . | nindent 4 }}
{{- end -}}
