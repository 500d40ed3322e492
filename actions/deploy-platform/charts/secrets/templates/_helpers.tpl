{{- define "secrets.labels" -}}
app.kubernetes.io/name: secrets
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "secrets.selector" -}}
app.kubernetes.io/name: secrets
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
