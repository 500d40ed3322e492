{{- define "stack.name" -}}{{ .Values.nameOverride | default .Chart.Name | trunc 50 }}{{- end -}}

{{- define "stack.fullname" -}}
{{- if .Values.fullnameOverride -}}{{ .Values.fullnameOverride | trunc 26 | trimSuffix "-" }}
{{- else if contains (include "stack.name" .) .Release.Name -}}{{ .Release.Name | trunc 26 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-%s" .Release.Name (include "stack.name" .) | trunc 26 | trimSuffix "-" }}{{- end -}}
{{- end -}}

{{- define "stack.namespace" -}}{{ .Values.namespaceOverride | default .Release.Namespace }}{{- end -}}

{{- define "stack.labels" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.Version | quote }}
app.kubernetes.io/part-of: {{ include "stack.name" . }}
chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
release: {{ .Release.Name | quote }}
heritage: {{ .Release.Service | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Takes root and image. */}}
{{- define "stack.image" -}}
{{- $registry := .root.Values.global.imageRegistry | default .image.registry -}}
{{- $registry }}/{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}{{ with .image.sha }}@sha256:{{ . }}{{ end }}
{{- end -}}

{{/* Takes root, name, service, port and values (of one route). */}}
{{- define "stack.route" -}}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: {{ .name }}
  namespace: {{ include "stack.namespace" .root }}
  {{- with .values.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  labels:
    {{- include "stack.labels" .root | nindent 4 }}
    {{- with .values.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  parentRefs:
    {{- toYaml .values.parentRefs | nindent 4 }}
  {{- with .values.hostnames }}
  hostnames:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    - backendRefs:
        - { name: {{ .service }}, port: {{ .port }} }
      {{- with .values.filters }}
      filters:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      matches:
        {{- toYaml .values.matches | nindent 8 }}
{{- end -}}
