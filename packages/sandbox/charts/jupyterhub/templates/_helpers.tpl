{{/* Takes root and part. */}}
{{- define "jupyterhub.match" -}}
component: {{ .part }}
app: jupyterhub
release: {{ .root.Release.Name }}
{{- end -}}

{{- define "jupyterhub.labels" -}}
{{ include "jupyterhub.match" . }}
chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
heritage: {{ .root.Release.Service }}
app.kubernetes.io/component: {{ .part }}
app.kubernetes.io/name: jupyterhub
app.kubernetes.io/instance: {{ .root.Release.Name }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end -}}

{{- define "jupyterhub.pod" -}}
{{ include "jupyterhub.match" . }}
app.kubernetes.io/component: {{ .part }}
app.kubernetes.io/name: jupyterhub
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{/* Said, else what is in the cluster, else made up: the real chart's way. Takes root, said, key. */}}
{{- define "jupyterhub.kept" -}}
{{- if .said -}}{{ .said }}
{{- else -}}
{{- $there := lookup "v1" "Secret" .root.Release.Namespace "hub" | default (dict "data" (dict)) -}}
{{- if hasKey $there.data .key -}}{{ index $there.data .key | b64dec }}{{- else -}}{{ randAlphaNum 64 }}{{- end -}}
{{- end -}}
{{- end -}}

{{- define "jupyterhub.token" -}}
{{- include "jupyterhub.kept" (dict "root" . "said" .Values.proxy.secretToken "key" "hub.config.ConfigurableHTTPProxy.auth_token") -}}
{{- end -}}

{{- define "jupyterhub.env" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  {{- if kindIs "map" $value }}
  {{- toYaml $value | nindent 2 }}
  {{- else }}
  value: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end -}}
