package config_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"timbre/config"
)

// program is a command line of the kind that settings are made for.
type program struct {
	Serve  serve                   `cmd:"" help:"Run the server."`
	Config show                    `cmd:"" help:"Show the effective settings."`
	Other  struct{ Speed float64 } `cmd:"" help:"Has no settings."`
}

type serve struct{ config.Settings }

type show struct{ config.Settings }

func (s show) Run(out *bytes.Buffer) error {
	for _, e := range s.Effective() {
		fmt.Fprintf(out, "%s\t%s\t%s\n", e.Key, e.Value, e.Origin)
	}
	return nil
}

// run is the program's main: what it prints, and how it ends.
func run(args ...string) (p program, out string, err error) {
	var text bytes.Buffer
	exit := fmt.Errorf("exit")
	defer func() {
		if r := recover(); r != nil && r != exit { //nolint:errorlint // the very one thrown below
			panic(r)
		}
		out = text.String()
	}()
	k, err := kong.New(&p, append(config.Options(),
		kong.Name("timbre"), kong.Writers(&text, &text), kong.Bind(&text), kong.Exit(func(int) { panic(exit) }))...)
	if err != nil {
		return p, "", err
	}
	ctx, err := k.Parse(args)
	if err == nil && ctx.Command() == "config" {
		err = ctx.Run()
	}
	return p, text.String(), err
}

// clean takes settings out of the environment.
func clean(t *testing.T) {
	t.Helper()
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "TIMBRE_") {
			t.Setenv(name, "")
		}
	}
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "timbre.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// samples has for every key a value that is not its default.
var samples = map[string]string{
	"data": "/srv/timbre", "logs": "/var/log/timbre", "records": "30", "api.listen": "0.0.0.0:80", "admin.listen": ":9999",
	"admin.tls.cert": "/etc/timbre/admin.pem", "admin.tls.key": "/etc/timbre/admin-key.pem", "admin.trust": "nobody", "admin.numbers": "shown", "admin.hosts": "timbre.internal,pbx",
	"admin.oidc.issuer": "https://issuer.example/realms/staff", "admin.oidc.client_id": "timbre", "admin.oidc.client_secret_file": "/etc/timbre/oidc", "admin.oidc.url": "https://timbre.internal:9090",
	"admin.oidc.scopes": "email,groups", "admin.oidc.claim": "groups", "admin.oidc.users": "voice-admins=ADMIN1,viewers=WATCHER1",
	"sip.listen": "udp://10.0.0.1:5080,tcp://[::1]:5080", "rtp.ports": "30000-30999", "rtp.address": "203.0.113.7", "rtp.latch": "any",
	"sip.address": "203.0.113.7,2001:db8::7", "sip.dscp": "26", "sip.invites": "7", "sip.ban": "1h0m0s", "sip.strangers": "drop", "sip.digest": "sha-256", "trunk.trusted": "gw.example.com", "trunk.without_qop": "gw.example.com,192.0.2.1", "rtp.dscp": "0", "rtp.timeout": "1h0m0s",
	"feed.connections_per_connector": "20", "feed.tokens": "abcdef1ghij2klmno3pqr4=twilio:0123456789abcdef,abcdef1ghij2klmno3pqr4=vonage:0123456789:abcdef",
	"trunk.refer": "pass", "trunk.premium": "pass", "trunk.calls": "100", "trunk.minutes": "60", "trunk.silence": "2m0s", "trunk.credentials": "gw.example.com=timbre:secret,192.0.2.1=x:y:z",
	"api.connections": "2000", "api.connections_per_source": "50", "feed.connections": "300", "feed.connections_per_source": "30", "admin.connections": "20", "admin.connections_per_source": "10",
	"api.tls.cert": "/etc/timbre/cert.pem", "api.tls.key": "/etc/timbre/key.pem",
	"sip.tls.cert": "/etc/timbre/sip.pem", "sip.tls.key": "/etc/timbre/sip-key.pem",
	"feed.listen": "0.0.0.0:8081", "feed.tls.cert": "/etc/timbre/feed.pem", "feed.tls.key": "/etc/timbre/feed-key.pem",
	"insecure": "true", "account": "000000000007", "region": "eu-central-1", "access_key_id": "AKIDEXAMPLE", "secret_access_key": "the secret",
	"numbers": "+12065550100,+4930123456", "store.url": "sqlite:/srv/other.db", "store.wait": "5m0s", "drain.timeout": "10m0s",
	"notify.webhooks": "crm=https://crm.example.com/in#s,ops=http://10.0.0.2/x#whsec_AAAA", "notify.streaming": "EventBridge=crm,SNS=arn:aws:sns:eu-central-1:000000000007:t,SQS=https://sqs.eu-central-1.amazonaws.com/000000000007/q",
	"notify.targets": "arn:aws:sqs:*:111122223333:voice-*", "notify.timeout": "20s", "notify.refusals": "3", "notify.disk": "5000000",
	"notify.files": "events=/var/lib/events.jsonl", "notify.kafka.brokers": "kafka-1:9092,kafka-2:9092", "notify.kafka.tls": "true", "notify.kafka.ca": "/etc/timbre/kafka.pem",
	"notify.kafka.sasl": "scram-sha-256", "notify.kafka.user": "timbre", "notify.kafka.password": "the secret", "notify.nats.url": "nats://a:4222,tls://b:4222", "notify.nats.ca": "/etc/timbre/nats.pem",
	"notify.nats.credentials": "/etc/timbre/nats.creds", "notify.nats.user": "timbre", "notify.nats.password": "the secret",
	"aws.assume_roles": "true", "aws.message": "records", "aws.event_source": "timbre.voice",
	"search.threshold": "0.95", "search.strangers": "0.05", "search.prior": "0.8", "search.wait": "30s", "voiceprint.speech": "40s", "voiceprint.audio": "keep", "legs.unknown": "mixed", "legs.swap": "true", "legs.caller": "+1*,*@pstn.example.com", "legs.caller_header": "P-Asserted-Identity", "analytics": "always", "infer.threads": "2", "log.level": "debug", "log.format": "json",
	"speech.gates": "echo,tone", "tone.words": "on", "tone.words_model": "/srv/whisper", "models.speaker": "house@2", "models.tone": "house-tone", "models.vad": "house-vad", "models.spoof": "house-spoof", "spoof": "warn",
	"traces.otlp": "http://127.0.0.1:4318/v1/traces", "quotas": "aws", "limits": "profiles=20000,tags=0", "rate": "searches=10",
}

func TestEverySettingIsFlagVariableAndFileKey(t *testing.T) {
	clean(t)
	base, _, err := run("serve")
	if err != nil {
		t.Fatal(err)
	}
	partner := map[string]string{
		"access_key_id": "secret_access_key", "secret_access_key": "access_key_id", "notify.streaming": "notify.webhooks",
		"tone.words": "tone.words_model", "tone.words_model": "tone.words",
		"notify.kafka.tls": "notify.kafka.brokers", "notify.kafka.ca": "notify.kafka.brokers,notify.kafka.tls",
		"notify.kafka.sasl":     "notify.kafka.brokers,notify.kafka.user,notify.kafka.password",
		"notify.kafka.user":     "notify.kafka.brokers,notify.kafka.sasl,notify.kafka.password",
		"notify.kafka.password": "notify.kafka.brokers,notify.kafka.sasl,notify.kafka.user",
		"notify.nats.ca":        "notify.nats.url", "notify.nats.credentials": "notify.nats.url",
		"notify.nats.user": "notify.nats.url,notify.nats.password", "notify.nats.password": "notify.nats.url,notify.nats.user",
		"api.listen": "insecure", "api.tls.cert": "api.tls.key", "api.tls.key": "api.tls.cert",
		"admin.tls.cert": "admin.tls.key", "admin.tls.key": "admin.tls.cert",
		"sip.tls.cert": "sip.tls.key", "sip.tls.key": "sip.tls.cert",
		"feed.tls.cert": "feed.tls.key", "feed.tls.key": "feed.tls.cert",
	}
	issuer := []string{"admin.oidc.issuer", "admin.oidc.client_id", "admin.oidc.client_secret_file", "admin.oidc.url", "admin.oidc.users"}
	for _, key := range issuer {
		partner[key] = strings.Join(append(issuer, "admin.hosts"), ",")
	}
	for _, key := range config.Keys() {
		t.Run(key, func(t *testing.T) {
			values := map[string]string{key: samples[key]}
			for also := range strings.SplitSeq(partner[key], ",") {
				if also != "" {
					values[also] = samples[also]
				}
			}
			var flags, lines []string
			for k, v := range values {
				flags = append(flags, "--"+k+"="+v)
				lines = append(lines, k+": '"+v+"'")
			}
			flag, _, err := run(append([]string{"serve"}, flags...)...)
			if err != nil {
				t.Fatal(err)
			}
			fromFile, _, err := run("serve", "--config", file(t, strings.Join(lines, "\n")))
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range values {
				t.Setenv("TIMBRE_"+strings.ToUpper(strings.ReplaceAll(k, ".", "_")), v)
			}
			env, _, err := run("serve")
			if err != nil {
				t.Fatal(err)
			}
			want := plain(flag)
			if want == plain(base) {
				t.Errorf("got the same settings with the flag, want a change")
			}
			if got := plain(env); got != want {
				t.Errorf("by environment %s\nby flag %s", got, want)
			}
			if got := plain(fromFile); got != want {
				t.Errorf("by file %s\nby flag %s", got, want)
			}
		})
	}
}

// plain is the settings of a program, secrets included, without their origins.
func plain(p program) string {
	var b strings.Builder
	for _, e := range p.Serve.Effective() {
		fmt.Fprintf(&b, "%s=%s\n", e.Key, e.Value)
	}
	for _, w := range p.Serve.Notify.Webhooks {
		fmt.Fprintln(&b, w.Name, w.URL, w.Secret)
	}
	for _, g := range p.Serve.Trunk.Credentials {
		fmt.Fprintln(&b, g.Host, g.User, g.Password)
	}
	return b.String() + p.Serve.SecretAccessKey
}

func TestFlagOverridesVariableOverridesFile(t *testing.T) {
	clean(t)
	path := file(t, `
# A file with keys nested, dotted, and both.
api:
  listen: 127.0.0.1:1
admin.listen: "127.0.0.1:2"
account: 000000000007
notify:
  webhooks:
    crm: https://crm.example.com/in?token=hidden#whsec_hidden
    ops: http://ops.example.com/a,b#hidden
  streaming.SQS: crm
`)
	if _, _, err := run("serve", "--config", path); err == nil || !strings.Contains(err.Error(), "notify.streaming.SQS") {
		t.Errorf("a key below one that is a value: %v", err)
	}
	path = file(t, strings.ReplaceAll(read(t, path), "streaming.SQS: crm", "streaming: {SQS: crm}"))
	t.Setenv("TIMBRE_CONFIG", path)
	t.Setenv("TIMBRE_API_LISTEN", "127.0.0.1:3")
	t.Setenv("TIMBRE_SECRET_ACCESS_KEY", "hidden")
	t.Setenv("TIMBRE_LOG_LEVEL", "debug")
	_, out, err := run("config", "--log.level=warn", "--access_key_id", "AKIDEXAMPLE")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"data\t./timbre-data\tdefault",
		"store.url\tsqlite:timbre-data/timbre.db\tdefault",
		"logs\ttimbre-data/logs\tdefault",
		"api.listen\t127.0.0.1:3\tenv TIMBRE_API_LISTEN",
		"admin.listen\t127.0.0.1:2\tfile " + path + ", line 5",
		"account\t000000000007\tfile " + path + ", line 6",
		"log.level\tWARN\tflag --log.level",
		"access_key_id\tAKIDEXAMPLE\tflag --access_key_id",
		"secret_access_key\t****\tenv TIMBRE_SECRET_ACCESS_KEY",
		"notify.webhooks\tcrm=https://crm.example.com/in?****#****,ops=http://ops.example.com/a,b#****\tfile " + path + ", line 8",
		"notify.streaming\tSQS=crm\tfile " + path + ", line 11",
		"rtp.address\t\tdefault",
	} {
		if !strings.Contains(out, line+"\n") {
			t.Errorf("want %q in\n%s", line, out)
		}
	}
	if strings.Contains(out, "hidden") {
		t.Errorf("got a secret in\n%s", out)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDefaultsEqualProgramWithoutArguments(t *testing.T) {
	clean(t)
	p, _, err := run("serve")
	if err != nil {
		t.Fatal(err)
	}
	d := config.Defaults()
	if got, want := fmt.Sprint(d.Effective()), fmt.Sprint(p.Serve.Effective()); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if err := d.Validate(); err != nil {
		t.Error(err)
	}
	if d.RTP.Ports != (config.Ports{First: 20000, Last: 29999}) || d.RTP.Address != nil || len(d.SIP.Listen) != 2 ||
		d.SIP.Listen[1] != (config.Endpoint{Network: "tcp", Addr: netip.MustParseAddrPort("127.0.0.1:5060")}) {
		t.Errorf("got %+v", d)
	}
}

func TestHelpListsEverySettingWithItsVariable(t *testing.T) {
	clean(t)
	_, out, _ := run("serve", "--help")
	for _, key := range append(config.Keys(), "config") {
		if !strings.Contains(out, "--"+key) || !strings.Contains(strings.Join(strings.Fields(out), " "), "($TIMBRE_"+strings.ToUpper(strings.ReplaceAll(key, ".", "_"))+")") {
			t.Errorf("want %s and its variable in\n%s", key, out)
		}
	}
}

func TestWebhookNamesBecomeARNs(t *testing.T) {
	s := config.Defaults()
	s.Region, s.Account = "eu-west-1", "000000000007"
	s.Notify.Streaming = map[string]string{"EventBridge": "crm", "SQS": "https://sqs.eu-west-1.amazonaws.com/1/q"}
	want := map[string]string{"EventBridge": "arn:timbre:webhook:eu-west-1:000000000007:crm", "SQS": "https://sqs.eu-west-1.amazonaws.com/1/q"}
	if got := s.StreamingTargets(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDatabaseIsInDataFolder(t *testing.T) {
	s := config.Defaults()
	s.Data = "/srv/timbre"
	for url, want := range map[string]string{
		"sqlite:DATA/timbre.db": "/srv/timbre/timbre.db", "sqlite:/var/x.db": "/var/x.db", "sqlite:x.db": "x.db",
	} {
		if s.Store.URL = url; s.Database() != want {
			t.Errorf("%s is %s, want %s", url, s.Database(), want)
		}
	}
}
