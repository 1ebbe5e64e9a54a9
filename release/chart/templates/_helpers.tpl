{{- define "timbre.name" -}}
{{- if contains "timbre" .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-timbre" (.Release.Name | trunc 45 | trimSuffix "-") }}{{ end -}}
{{- end }}

{{- define "timbre.selector" -}}
app.kubernetes.io/name: timbre
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "timbre.labels" -}}
{{ include "timbre.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "timbre.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end -}}
{{- end }}

{{- /* Whether the APIs and feeds listen beyond loopback. */ -}}
{{- define "timbre.open" -}}
{{- if or .Values.tls.secretName .Values.insecure }}yes{{ end -}}
{{- end }}

{{- /* Whether the admin port does: where probes and Prometheus need it. In the network of a node, probes ask by loopback. */ -}}
{{- define "timbre.watched" -}}
{{- if or (not .Values.hostNetwork) .Values.serviceMonitor.enabled }}yes{{ end -}}
{{- end }}

{{- /* The port of api or admin. The values of a release before there were these lack them, and `helm upgrade --reuse-values` takes no defaults. */ -}}
{{- define "timbre.port" -}}
{{- $name := index . 1 }}
{{- dig $name "port" (get (dict "api" 8080 "admin" 9090) $name) (index . 0).Values.AsMap | int }}
{{- end }}

{{- /* The Secret of OpenID Connect, if any. */ -}}
{{- define "timbre.oidc" -}}
{{- dig "oidc" "secretName" "" .Values.AsMap }}
{{- end }}

{{- /* What the chart says of settings. Those of the values win; names of the admin port come on top of the Service's, which Prometheus asks by. */ -}}
{{- define "timbre.settings" -}}
{{- $bind := .Values.bind }}
{{- $sip := list }}
{{- range $network := list "udp" "tcp" "tls" }}
{{- with int (index $.Values.sip $network) }}{{ $sip = append $sip (printf "%s://%s:%d" $network $bind .) }}{{ end }}
{{- end }}
{{- $open := include "timbre.open" . }}
{{- $hosts := printf "%[1]s,%[1]s.%[2]s,%[1]s.%[2]s.svc" (include "timbre.name" .) .Release.Namespace }}
{{- $s := dict
  "sip.listen" (join "," $sip)
  "rtp.ports" (printf "%d-%d" (int .Values.rtp.first) (int .Values.rtp.last))
  "drain.timeout" (printf "%ds" (int .Values.drainSeconds))
  "api.listen" (printf "%s:%s" (ternary $bind "127.0.0.1" (ne $open "")) (include "timbre.port" (list . "api")))
  "admin.listen" (printf "%s:%s" (ternary $bind "127.0.0.1" (ne (include "timbre.watched" .) "")) (include "timbre.port" (list . "admin")))
  "admin.trust" "nobody"
  "admin.hosts" $hosts }}
{{- if include "timbre.oidc" . }}{{ $_ := set $s "admin.oidc.client_secret_file" "/etc/timbre/oidc/client-secret" }}{{ end }}
{{- with .Values.sip.address }}{{ $_ := set $s "sip.address" . }}{{ end }}
{{- with .Values.rtp.address }}{{ $_ := set $s "rtp.address" . }}{{ end }}
{{- with int .Values.feed.port }}{{ $_ := set $s "feed.listen" (printf "%s:%d" (ternary $bind "127.0.0.1" (ne $open "")) .) }}{{ end }}
{{- if .Values.insecure }}{{ $_ := set $s "insecure" true }}{{ end }}
{{- if .Values.tls.secretName }}
{{- range $door := list "api" "admin" "feed" "sip" }}
{{- $_ := set $s (printf "%s.tls.cert" $door) "/etc/timbre/tls/tls.crt" }}
{{- $_ := set $s (printf "%s.tls.key" $door) "/etc/timbre/tls/tls.key" }}
{{- end }}
{{- end }}
{{- $all := merge (deepCopy .Values.settings) $s }}
{{- with index .Values.settings "admin.hosts" }}{{ $_ := set $all "admin.hosts" (printf "%s,%s" $hosts .) }}{{ end }}
{{- toYaml $all }}
{{- end }}

{{- /* A probe of the admin port. */ -}}
{{- define "timbre.probe" -}}
httpGet:
  path: {{ .path }}
  port: admin
  {{- if not (include "timbre.watched" .context) }}
  host: 127.0.0.1
  {{- end }}
  {{- if .context.Values.tls.secretName }}
  scheme: HTTPS
  {{- end }}
{{- end }}

{{- /* Settings that probes, services and policies follow, each with the value that it comes from. */ -}}
{{- define "timbre.decided" -}}
data: volume
drain.timeout: drainSeconds
rtp.ports: rtp.first and rtp.last
sip.listen: sip and bind
feed.listen: feed.port and bind
api.listen: api.port and bind
admin.listen: admin.port and bind
admin.tls.cert: tls.secretName
admin.tls.key: tls.secretName
{{- end }}

{{- /* Values that contradict each other. */ -}}
{{- define "timbre.check" -}}
{{- $v := .Values }}
{{- range $key, $value := include "timbre.decided" . | fromYaml }}
{{- if hasKey $v.settings $key }}{{ fail (printf "settings has %s, which follows from the value of %s" $key $value) }}{{ end }}
{{- end }}
{{- if ge (int $v.rtp.first) (int $v.rtp.last) }}{{ fail "rtp.first must be below rtp.last" }}{{ end }}
{{- if not (or (int $v.sip.udp) (int $v.sip.tcp) (int $v.sip.tls)) }}{{ fail "sip has no port" }}{{ end }}
{{- $tcp := without (list (include "timbre.port" (list . "api") | int) (include "timbre.port" (list . "admin") | int) (int $v.feed.port) (int $v.sip.tcp) (int $v.sip.tls)) 0 }}
{{- if ne (len $tcp) (len (uniq $tcp)) }}{{ fail "api.port, admin.port, feed.port, sip.tcp and sip.tls must differ" }}{{ end }}
{{- if and (int $v.sip.tls) (not $v.tls.secretName) }}{{ fail "sip.tls needs tls.secretName" }}{{ end }}
{{- if and $v.hostNetwork $v.media.service.enabled }}{{ fail "media.service needs hostNetwork: false; in the network of a node, callers call the node" }}{{ end }}
{{- if and $v.hostNetwork $v.networkPolicy.enabled }}{{ fail "networkPolicy needs hostNetwork: false; policies do not hold in the network of a node" }}{{ end }}
{{- if and $v.media.service.enabled (gt (sub (int $v.rtp.last) (int $v.rtp.first)) 199) }}{{ fail "media.service has every port of rtp, of which there may be 200 at most" }}{{ end }}
{{- if and $v.serviceMonitor.enabled $v.networkPolicy.enabled (not $v.networkPolicy.monitors) }}{{ fail "serviceMonitor needs networkPolicy.monitors: who reads the metrics" }}{{ end }}
{{- if and $v.serviceMonitor.enabled (not $v.serviceMonitor.tokenSecret.name) }}{{ fail "serviceMonitor needs tokenSecret.name: a Secret with the token that timbre token prints" }}{{ end }}
{{- end }}
