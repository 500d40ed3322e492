{{- define "cert-manager.fullname" -}}
{{- if .Values.fullnameOverride -}}{{ .Values.fullnameOverride }}
{{- else if contains .Chart.Name .Release.Name -}}{{ .Release.Name }}
{{- else -}}{{ printf "%s-%s" .Release.Name .Chart.Name }}{{- end -}}
{{- end -}}

{{- define "cert-manager.namespace" -}}{{ .Values.namespace | default .Release.Namespace }}{{- end -}}

{{/* Takes root, and part: controller, webhook, cainjector or startupapicheck. */}}
{{- define "cert-manager.name" -}}
{{- include "cert-manager.fullname" .root }}{{ if ne .part "controller" }}-{{ .part }}{{ end }}
{{- end -}}

{{- define "cert-manager.selector" -}}
app.kubernetes.io/name: {{ eq .part "controller" | ternary "cert-manager" .part }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part | quote }}
{{- end -}}

{{- define "cert-manager.labels" -}}
app: {{ eq .part "controller" | ternary "cert-manager" .part }}
{{ include "cert-manager.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- with .root.Values.global.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "cert-manager.image" -}}
{{- $image := .image -}}
{{- $place := $image.repository | default (printf "%s/%s/%s" .root.Values.imageRegistry .root.Values.imageNamespace $image.name) -}}
{{- with $image.registry -}}{{ . }}/{{- end -}}{{ $place }}
{{- if or $image.tag $image.digest -}}{{ with $image.tag }}:{{ . }}{{ end }}{{ with $image.digest }}@{{ . }}{{ end }}{{- else -}}:{{ .root.Chart.AppVersion }}{{- end -}}
{{- end -}}

{{/* Takes root, part, values and args. */}}
{{- define "cert-manager.template" -}}
metadata:
  labels:
    {{- include "cert-manager.labels" . | nindent 4 }}
    {{- with .values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ .values.serviceAccount.name | default (include "cert-manager.name" .) }}
  enableServiceLinks: false
  {{- if eq .part "startupapicheck" }}
  restartPolicy: OnFailure
  {{- end }}
  {{- with .root.Values.global.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .root.Values.global.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
  containers:
    - name: cert-manager-{{ .part }}
      image: {{ include "cert-manager.image" (dict "root" .root "image" .values.image) | quote }}
      imagePullPolicy: {{ .values.image.pullPolicy }}
      args:
        {{- toYaml .args | nindent 8 }}
        {{- if and (has .part (list "webhook" "cainjector")) (not .root.Values.prometheus.enabled) }}
        - --metrics-listen-address=0
        {{- end }}
      env:
        - { name: POD_NAMESPACE, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }
        {{- with .values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- if ne .part "startupapicheck" }}
      {{- $isScraped := or (eq .part "controller") .root.Values.prometheus.enabled }}
      {{- if or (eq .part "webhook") $isScraped }}
      ports:
        {{- if eq .part "webhook" }}
        - { name: https, containerPort: {{ .values.securePort }}, protocol: TCP }
        - { name: healthcheck, containerPort: 6080, protocol: TCP }
        {{- end }}
        {{- if $isScraped }}
        - { name: http-metrics, containerPort: 9402, protocol: TCP }
        {{- end }}
      {{- end }}
      {{- if eq .part "webhook" }}
      livenessProbe: { httpGet: { path: /livez, port: healthcheck }, initialDelaySeconds: 60, periodSeconds: 10 }
      readinessProbe: { httpGet: { path: /healthz, port: healthcheck }, initialDelaySeconds: 5, periodSeconds: 5 }
      {{- else if eq .part "controller" }}
      livenessProbe: { httpGet: { path: /livez, port: 9403 }, initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 8 }
      {{- end }}
      {{- end }}
      {{- with .values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
  nodeSelector:
    {{- toYaml (merge (deepCopy .values.nodeSelector) .root.Values.global.nodeSelector) | nindent 4 }}
  {{- with .values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
