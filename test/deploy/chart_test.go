package deploy

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"

	"timbre/config"
)

// object is a manifest, or a part of one.
type object = map[string]any

// render returns the manifests of the chart, by kind and name.
func render(t *testing.T, values ...string) map[string]object {
	t.Helper()
	out := command(t, install(t, values...))
	manifests := map[string]object{}
	for d := yaml.NewDecoder(strings.NewReader(out)); ; {
		var m object
		err := d.Decode(&m)
		if errors.Is(err, io.EOF) {
			return manifests
		}
		if err != nil {
			t.Fatalf("%v in:\n%s", err, out)
		}
		if m != nil {
			manifests[at[string](t, m, "kind")+" "+at[string](t, m, "metadata", "name")] = m
		}
	}
}

// install is the installation of the chart, up to what would be sent to a cluster.
func install(t *testing.T, values ...string) *exec.Cmd {
	t.Helper()
	return judge(t, "chart", append([]string{release(t, "chart")}, values...)...)
}

// at returns the part of a manifest at a path of keys and, as numbers in text, places in lists.
func at[T any](t *testing.T, within any, path ...string) T {
	t.Helper()
	for i, key := range path {
		switch w := within.(type) {
		case object:
			within = w[key]
		case []any:
			n, err := strconv.Atoi(key)
			if err != nil || n >= len(w) {
				t.Fatalf("got no %s", strings.Join(path[:i+1], "."))
			}
			within = w[n]
		default:
			t.Fatalf("got no %s", strings.Join(path[:i+1], "."))
		}
	}
	value, ok := within.(T)
	if !ok {
		t.Fatalf("%s: got %v (%[2]T), want another type", strings.Join(path, "."), within)
	}
	return value
}

// ways are the values by which the chart is installed.
var ways = map[string][]string{
	"by default":    nil,
	"with TLS":      {"tls.secretName=certificate", "sip.tls=5061", "feed.port=8081", "secretName=keys"},
	"watched":       {"insecure=true", "serviceMonitor.enabled=true", "serviceMonitor.tokenSecret.name=token"},
	"a claim":       {"volume.existingClaim=mine", "image.digest=sha256:" + strings.Repeat("0", 64), "priorityClassName=high"},
	"a pod network": {"hostNetwork=false", "networkPolicy.enabled=true", "insecure=true", "feed.port=8081"},
	"people sign in": {
		"hostNetwork=false", "tls.secretName=certificate", "oidc.secretName=issuer", `settings.admin\.hosts=timbre.example.com`,
		`settings.admin\.oidc\.issuer=https://login.example.com`, `settings.admin\.oidc\.client_id=timbre`,
		`settings.admin\.oidc\.url=https://timbre.example.com:9090`, `settings.admin\.oidc\.users=ann=ADMIN1`,
	},
	"a media service": {
		"hostNetwork=false", "media.service.enabled=true", "rtp.first=20000", "rtp.last=20099", "networkPolicy.enabled=true",
		"networkPolicy.callers={192.0.2.0/24,2001:db8::/32}", "networkPolicy.egress[0].ports[0].port=443",
	},
}

// Helm finds no fault with the chart, and Kubernetes none with its manifests. What is not of Kubernetes itself is there when it is asked for.
func TestChartIsInstalled(t *testing.T) {
	more := map[string][]string{
		"watched": {"ServiceMonitor timbre"}, "a pod network": {"NetworkPolicy timbre"}, "a media service": {"NetworkPolicy timbre", "Service timbre-media"},
	}
	for name, values := range ways {
		t.Run(name, func(t *testing.T) {
			want := append([]string{"ConfigMap timbre", "Service timbre", "StatefulSet timbre"}, more[name]...)
			slices.Sort(want)
			if got := slices.Sorted(maps.Keys(render(t, values...))); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// The server takes the settings that the chart gives it.
func TestChartHasSettingsOfTheServer(t *testing.T) {
	for name, values := range ways {
		t.Run(name, func(t *testing.T) {
			file := t.TempDir() + "/timbre.yaml"
			text := at[string](t, render(t, append(values, `settings.log\.level=debug`)...)["ConfigMap timbre"], "data", "timbre.yaml")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			var line struct{ config.Settings }
			if _, err := kong.Must(&line, config.Options()...).Parse([]string{"--config", file}); err != nil {
				t.Fatalf("%v in:\n%s", err, text)
			}
			if line.Log.Level.String() != "DEBUG" {
				t.Errorf("got log.level %s, want the one of the values", line.Log.Level)
			}
		})
	}
}

// The server reads the client secret of an issuer from a file that others cannot read; the names of the Service stay beside that of browsers.
func TestChartMountsTheClientSecret(t *testing.T) {
	all := render(t, ways["people sign in"]...)
	pod := at[object](t, all["StatefulSet timbre"], "spec", "template", "spec")
	mount := named(t, at[[]any](t, pod, "containers", "0", "volumeMounts"), "oidc")
	if mount["mountPath"] != "/etc/timbre/oidc" || mount["readOnly"] != true {
		t.Errorf("got the mount %v, want /etc/timbre/oidc, read-only", mount)
	}
	secret := at[object](t, named(t, at[[]any](t, pod, "volumes"), "oidc"), "secret")
	if secret["secretName"] != "issuer" || secret["defaultMode"] != uint64(0o440) {
		t.Errorf("got the volume %v, want the Secret issuer with the mode 0440", secret)
	}
	settings := at[string](t, all["ConfigMap timbre"], "data", "timbre.yaml")
	for _, want := range []string{
		"admin.oidc.client_secret_file: /etc/timbre/oidc/client-secret\n",
		"admin.hosts: timbre,timbre.voice,timbre.voice.svc,timbre.example.com\n",
	} {
		if !strings.Contains(settings, want) {
			t.Errorf("got settings\n%swant %s", settings, want)
		}
	}
}

func TestPodIsConfined(t *testing.T) {
	pod := at[object](t, render(t)["StatefulSet timbre"], "spec", "template", "spec")
	container := at[object](t, pod, "containers", "0")
	for path, want := range map[string]any{
		"securityContext.runAsNonRoot":        true,
		"securityContext.runAsUser":           uint64(65532),
		"securityContext.seccompProfile.type": "RuntimeDefault",
		"automountServiceAccountToken":        false,
		"enableServiceLinks":                  false,
	} {
		if got := at[any](t, pod, strings.Split(path, ".")...); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	for path, want := range map[string]any{
		"securityContext.readOnlyRootFilesystem":   true,
		"securityContext.allowPrivilegeEscalation": false,
		"securityContext.capabilities.drop.0":      "ALL",
	} {
		if got := at[any](t, container, strings.Split(path, ".")...); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

func TestOneServerWritesTheVolume(t *testing.T) {
	set := render(t)["StatefulSet timbre"]
	if n := at[uint64](t, set, "spec", "replicas"); n != 1 {
		t.Errorf("got %d replicas, want 1", n)
	}
	if mode := at[string](t, set, "spec", "volumeClaimTemplates", "0", "spec", "accessModes", "0"); mode != "ReadWriteOnce" {
		t.Errorf("got the access mode %s, want one of a single writer", mode)
	}
}

func TestPodOutlastsTheDrain(t *testing.T) {
	all := render(t, "drainSeconds=600")
	if s := at[uint64](t, all["StatefulSet timbre"], "spec", "template", "spec", "terminationGracePeriodSeconds"); s != 630 {
		t.Errorf("got %d s until the pod is killed, want 630", s)
	}
	if text := at[string](t, all["ConfigMap timbre"], "data", "timbre.yaml"); !strings.Contains(text, "drain.timeout: 600s\n") {
		t.Errorf("got settings %s, want a drain of 600 s", text)
	}
}

func TestProbesAskWhereTheServerListens(t *testing.T) {
	for _, c := range []struct{ network, host string }{{"true", "127.0.0.1"}, {"false", ""}} {
		container := at[object](t, render(t, "hostNetwork="+c.network)["StatefulSet timbre"], "spec", "template", "spec", "containers", "0")
		for probe, path := range map[string]string{"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"} {
			get := at[object](t, container, probe, "httpGet")
			if host, _ := get["host"].(string); get["path"] != path || host != c.host || get["port"] != "admin" {
				t.Errorf("%s with hostNetwork %s: got %v, want %s at %q and the port admin", probe, c.network, get, path, c.host)
			}
		}
	}
}

// In the network of a node another program may have a port: then everything that reaches the server moves with it.
func TestPortsAreMovedTogether(t *testing.T) {
	all := render(t, "hostNetwork=false", "insecure=true", "networkPolicy.enabled=true", "networkPolicy.monitors[0].podSelector.matchLabels.app=prometheus", "api.port=8180", "admin.port=9190")
	settings := at[string](t, all["ConfigMap timbre"], "data", "timbre.yaml")
	container := at[object](t, all["StatefulSet timbre"], "spec", "template", "spec", "containers", "0")
	for name, port := range map[string]uint64{"api": 8180, "admin": 9190} {
		if want := fmt.Sprintf("%s.listen: 0.0.0.0:%d\n", name, port); !strings.Contains(settings, want) {
			t.Errorf("got settings\n%swant %s", settings, want)
		}
		if got := portOf(t, at[[]any](t, container, "ports"), name, "containerPort"); got != port {
			t.Errorf("got %d of the container for %s, want %d", got, name, port)
		}
		if got := portOf(t, at[[]any](t, all["Service timbre"], "spec", "ports"), name, "port"); got != port {
			t.Errorf("got %d of the service for %s, want %d", got, name, port)
		}
		if from := admitted(t, all["NetworkPolicy timbre"], port); from == nil {
			t.Errorf("got a policy without the port %d of %s", port, name)
		}
	}
}

// Values of a release of an earlier chart lack what is new: `helm upgrade --reuse-values` then gives none.
func TestChartHasDefaultsWithoutNewValues(t *testing.T) {
	values := ways["a pod network"]
	got, want := render(t, append([]string{"api=null", "admin=null", "oidc=null"}, values...)...), render(t, values...)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%v\nwant the defaults, as in\n%v", got, want)
	}
}

// portOf is the number of a port of a list, by its name.
func portOf(t *testing.T, ports []any, name, key string) uint64 {
	t.Helper()
	return at[uint64](t, named(t, ports, name), key)
}

// named is the entry of a list that has a name.
func named(t *testing.T, list []any, name string) object {
	t.Helper()
	for i, entry := range list {
		if at[string](t, entry, "name") == name {
			return at[object](t, list, strconv.Itoa(i))
		}
	}
	t.Fatalf("got no %s in %v", name, list)
	return nil
}

// admitted are those whom a policy lets reach a port; nil: nobody.
func admitted(t *testing.T, policy object, port uint64) []any {
	t.Helper()
	for _, rule := range at[[]any](t, policy, "spec", "ingress") {
		for _, p := range at[[]any](t, rule, "ports") {
			if at[uint64](t, p, "port") == port {
				return at[[]any](t, rule, "from")
			}
		}
	}
	return nil
}

// The console is at the port of the metrics.
func TestAdminPortIsForMonitorsAlone(t *testing.T) {
	closed := render(t, "hostNetwork=false", "networkPolicy.enabled=true", "networkPolicy.callers={192.0.2.0/24}")
	if from := admitted(t, closed["NetworkPolicy timbre"], 9090); from != nil {
		t.Errorf("got %v at the admin port without monitors, want nobody", from)
	}
	const label = "networkPolicy.monitors[0].podSelector.matchLabels.app=prometheus"
	watched := render(t, "hostNetwork=false", "networkPolicy.enabled=true", "networkPolicy.callers={192.0.2.0/24}", label)
	from := admitted(t, watched["NetworkPolicy timbre"], 9090)
	if len(from) != 1 || at[string](t, from[0], "podSelector", "matchLabels", "app") != "prometheus" {
		t.Errorf("got %v at the admin port, want the monitors alone", from)
	}
}

func TestMediaServiceHasThePortsOfMedia(t *testing.T) {
	all := render(t, ways["a media service"]...)
	ports := map[string]int{}
	for _, p := range at[[]any](t, all["Service timbre-media"], "spec", "ports") {
		ports[at[string](t, p, "protocol")]++
	}
	if ports["UDP"] != 101 || ports["TCP"] != 1 {
		t.Errorf("got %v ports, want 100 of RTP and SIP by UDP and TCP", ports)
	}
	rule := at[object](t, all["NetworkPolicy timbre"], "spec", "ingress", "0")
	if first, last := at[uint64](t, rule, "ports", "2", "port"), at[uint64](t, rule, "ports", "2", "endPort"); first != 20000 || last != 20099 {
		t.Errorf("got the ports %d to %d in the policy, want those of rtp", first, last)
	}
	if cidr := at[string](t, rule, "from", "1", "ipBlock", "cidr"); cidr != "2001:db8::/32" {
		t.Errorf("got %s in the policy, want the second of the callers", cidr)
	}
}

// A mistake in the values is told in words, before anything is installed.
func TestChartRefusesValuesThatContradict(t *testing.T) {
	for values, want := range map[string]string{
		"rtp.first=30001 rtp.last=30000":               "rtp.first must be below rtp.last",
		"sip.tls=5061":                                 "sip.tls needs tls.secretName",
		"networkPolicy.enabled=true":                   "networkPolicy needs hostNetwork: false",
		"media.service.enabled=true":                   "media.service needs hostNetwork: false",
		"media.service.enabled=true hostNetwork=false": "200 at most",
		"serviceMonitor.enabled=true":                  "tokenSecret.name",
		`settings.rtp\.ports=1-2`:                      "rtp.first and rtp.last",
		`settings.admin\.listen=127.0.0.1:9191`:        "admin.port and bind",
		`settings.admin\.tls\.cert=/a.pem`:             "tls.secretName",
		"admin.port=80":                                "port",
		"api.port=9090":                                "must differ",
		"feed.port=8080":                               "must differ",
		"tls.secretName=certificate sip.tls=5060":      "must differ",
		"serviceMonitor.enabled=true networkPolicy.enabled=true hostNetwork=false serviceMonitor.tokenSecret.name=token": "networkPolicy.monitors",
		"sip.udp=0 sip.tcp=0":             "sip has no port",
		"replicas=2":                      "replicas",
		"settings.log.level=debug":        "settings",
		"hostNetwork=maybe":               "hostNetwork",
		"volume.accessMode=ReadWriteMany": "accessMode",
		"image.digest=latest":             "digest",
		"drainSeconds=-1":                 "drainSeconds",
		"sip.udp=70000":                   "udp",
		"networkPolicy.enabled=true hostNetwork=false networkPolicy.callers={anyone}": "callers",
	} {
		t.Run(values, func(t *testing.T) {
			if out, err := try(install(t, strings.Fields(values)...)); err == nil || !strings.Contains(out, want) {
				t.Errorf("got %v: %s, want an error with %q", err, out, want)
			}
		})
	}
}

// The first example of the page on sizing fits into what the pod asks for.
func TestResourcesAreThoseOfAnOffice(t *testing.T) {
	page, err := os.ReadFile(repository + "/docs/sizing.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?s)an office.*?\| all \| \| ([0-9.]+) \|.*?Memory: ([0-9]+) MB`).FindSubmatch(page)
	if m == nil {
		t.Fatal("got no office in docs/sizing.md")
	}
	cores, _ := strconv.ParseFloat(string(m[1]), 64)
	megabytes, _ := strconv.ParseFloat(string(m[2]), 64)
	asked := at[object](t, render(t)["StatefulSet timbre"], "spec", "template", "spec", "containers", "0", "resources", "requests")
	cpu, err := strconv.ParseFloat(at[string](t, asked, "cpu"), 64)
	if err != nil || cpu < cores {
		t.Errorf("got %v cores, want the %.1f of an office", asked["cpu"], cores)
	}
	memory, err := strconv.ParseFloat(strings.TrimSuffix(at[string](t, asked, "memory"), "Mi"), 64)
	if err != nil || memory*1.048576 < megabytes {
		t.Errorf("got %v of memory, want the %.0f MB of an office", asked["memory"], megabytes)
	}
}
