package config_test

import (
	"strings"
	"testing"
)

func TestInvalidValuesAreRefusedInOneSentence(t *testing.T) {
	for _, c := range []struct{ key, value, says string }{
		{"data", " ", ""}, // a folder may be called anything
		{"api.listen", "8080", `"8080" is not HOST:PORT`},
		{"api.listen", "localhost:http", `"localhost:http" is not HOST:PORT`},
		{"api.listen", "127.0.0.1:70000", `is not HOST:PORT`},
		{"api.listen", "0.0.0.0:8080", "api.listen: 0.0.0.0:8080 is beyond loopback, which needs api.tls.cert and api.tls.key, or insecure"},
		{"api.listen", ":8080", "is beyond loopback"},
		{"api.listen", "[::]:8080", "is beyond loopback"},
		{"api.listen", "192.0.2.1:8080", "is beyond loopback"},
		{"api.listen", "timbre.internal:8080", "is beyond loopback"},
		{"api.listen", "127.0.0.1:9090", "api.listen and admin.listen are both 127.0.0.1:9090"},
		{"sip.listen", "ws://127.0.0.1:5061", `"ws://127.0.0.1:5061" is not udp://IP:PORT, tcp://IP:PORT or tls://IP:PORT`},
		{"sip.listen", "tls://127.0.0.1:5061", "sip.listen has a tls:// address, which needs sip.tls.cert and sip.tls.key"},
		{"sip.tls.cert", "cert.pem", "sip.tls.cert and sip.tls.key must be given together"},
		{"feed.listen", "8081", `"8081" is not HOST:PORT`},
		{"feed.tls.cert", "cert.pem", "feed.tls.cert and feed.tls.key must be given together"},
		{"sip.listen", "udp://sip.example.com:5060", "is not an IP address and a port"},
		{"sip.listen", "127.0.0.1:5060", "is not udp://IP:PORT"},
		{"rtp.ports", "20000", "is not FIRST-LAST"},
		{"rtp.ports", "20000-70000", "is not FIRST-LAST"},
		{"rtp.ports", "0-100", "holds no even port"},
		{"rtp.ports", "20001-20002", "holds no even port"},
		{"rtp.address", "sbc.example.com", "sbc.example.com"},
		{"rtp.latch", "none", "must be one of"},
		{"rtp.address", "192.0.2.1,192.0.2.2", "rtp.address has two addresses of one family"},
		{"sip.address", "2001:db8::1,2001:db8::2", "sip.address has two addresses of one family"},
		{"sip.address", "192.0.2.1,192.0.2.2,2001:db8::1", "sip.address has two addresses of one family"},
		{"notify.files", "a b=/x", "is not NAME=FILE"},
		{"notify.kafka.brokers", "kafka", "HOST:PORT"},
		{"notify.kafka.tls", "true", "notify.kafka has no brokers"},
		{"notify.kafka.ca", "ca.pem", "notify.kafka.ca needs notify.kafka.tls"},
		{"notify.kafka.user", "u", "notify.kafka.sasl and notify.kafka.user must be given together"},
		{"notify.kafka.password", "p", "notify.kafka.user and notify.kafka.password must be given together"},
		{"notify.nats.url", "http://a:4222", "nats://HOST:PORT"},
		{"notify.nats.url", "nats://user:secret@a:4222", "without a password"},
		{"notify.streaming", "SQS=arn:timbre:kafka:us-east-1:000000000000:calls", "is a target that the settings lack"},
		{"notify.streaming", "SQS=arn:timbre:file:us-east-1:000000000000:lost", "is a target that the settings lack"},
		{"notify.streaming", "SQS=arn:timbre:webhook:us-east-1:000000000000:lost", "is a target that the settings lack"},
		{"notify.nats.ca", "ca.pem", "notify.nats.url has no server"},
		{"notify.nats.user", "u", "notify.nats.url has no server"},
		{"traces.otlp", "collector:4318", "an address that begins with http:// or https://"},
		{"sip.dscp", "64", "sip.dscp: 64 is out of range (0 to 63)"},
		{"rtp.dscp", "-1", "rtp.dscp: -1 is out of range (0 to 63)"},
		{"sip.invites", "-1", "sip.invites: -1 is out of range (not negative; 0: no limit)"},
		{"sip.ban", "-1s", "sip.ban: -1s is out of range (not negative; 0: never)"},
		{"admin.tls.cert", "cert.pem", "admin.tls.cert and admin.tls.key must be given together"},
		{"notify.targets", "arn:aws:sqs:*", "is not an ARN, with * and ? in its parts"},
		{"admin.trust", "friends", "must be one of"},
		{"admin.numbers", "some", "must be one of"},
		{"admin.hosts", "timbre.internal:9090", "is not the name of a host, without a port"},
		{"admin.oidc.issuer", "https://issuer.example", "admin.oidc.issuer needs admin.oidc.client_id"},
		{"admin.oidc.issuer", "http://issuer.example", "https://"},
		{"admin.oidc.issuer", "https://user:secret@issuer.example", "https://"},
		{"admin.oidc.issuer", "issuer.example", "https://"},
		{"admin.oidc.client_id", "timbre", "admin.oidc.client_id needs admin.oidc.issuer"},
		{"admin.oidc.users", "ann=ANNS", "admin.oidc.users needs admin.oidc.issuer"},
		{"admin.oidc.users", "ann", "is not VALUE=KEY_ID"},
		{"admin.oidc.users", "ann=a b", "is not VALUE=KEY_ID"},
		{"admin.oidc.users", "=ANNS", "is not VALUE=KEY_ID"},
		{"admin.oidc.url", "https://timbre.example/console", "https://HOST"},
		{"admin.oidc.url", "https://timbre.example:443", "https://HOST"},
		{"admin.oidc.url", "https://Timbre.example", "https://HOST"},
		{"admin.oidc.url", "http://timbre.example", "https://HOST"},
		{"admin.oidc.url", "https://timbre.example:", "https://HOST"},
		{"admin.oidc.url", "https://timbre.example#", "https://HOST"},
		{"admin.oidc.url", "https://timbre.example/", "https://HOST"},
		{"admin.oidc.scopes", "email groups", "is not a scope"},
		{"admin.oidc.claim", "the claim", "is not the name of a claim"},
		{"sip.strangers", "greet", "must be one of"},
		{"rtp.timeout", "10s", "rtp.timeout: 10s is out of range (at least 1m; 0: never)"},
		{"trunk.refer", "maybe", "must be one of"},
		{"trunk.silence", "1s", "trunk.silence: 1s is out of range (at least 30s; 0: never)"},
		{"trunk.silence", "-1m", "trunk.silence: -1m0s is out of range (at least 30s; 0: never)"},
		{"feed.tokens", "abcdef1ghij2klmno3pqr4", "the token of a platform is CONNECTOR=PLATFORM:TOKEN"},
		{"feed.tokens", "abcdef1ghij2klmno3pqr4=twilio:0123456789abcde", "the token of a platform is CONNECTOR=PLATFORM:TOKEN"},
		{"trunk.credentials", "gw.example.com", "a gateway's credentials are HOST=USER:PASSWORD"},
		{"trunk.credentials", "gw.example.com=hidden", "a gateway's credentials are HOST=USER:PASSWORD"},
		{"account", "12345", `account: "12345" is not 12 digits`},
		{"region", "EU West", `region: "EU West" is not`},
		{"access_key_id", "AKIDEXAMPLE", "access_key_id and secret_access_key must be given together"},
		{"secret_access_key", "hidden", "access_key_id and secret_access_key must be given together"},
		{"store.url", "postgres://localhost/timbre", "is not sqlite:FILE"},
		{"store.url", "sqlite:", "is not sqlite:FILE"},
		{"notify.webhooks", "crm", "a webhook is NAME=URL#SECRET"},
		{"notify.webhooks", "c:r=https://example.com#hidden", "a webhook is NAME=URL#SECRET"},
		{"notify.webhooks", "crm=https://example.com/hidden", "webhook crm has no secret"},
		{"notify.webhooks", "crm=https://example.com/#", "webhook crm has no secret"},
		{"notify.webhooks", "crm=example.com#hidden", "the URL of webhook crm is not one of http or https"},
		{"notify.webhooks", "a=http://x#s,a=http://y#s", "notify.webhooks has two webhooks named a"},
		{"notify.streaming", "SQS", "SQS"},
		{"notify.streaming", "Kafka=https://example.com/q", `"Kafka" is not one of EventBridge, SQS, SNS`},
		{"notify.streaming", "SQS=crm", "SQS=crm is not the URL of a queue, the ARN of a target or the name of a webhook"},
		{"notify.streaming", "SNS=arn:aws:s3:eu-west-1:000000000007:bucket", "is not the URL of a queue, the ARN of a target"},
		{"aws.message", "wrapped", "must be one of"},
		{"aws.event_source", "tim bre", `aws.event_source: "tim bre" is not 1 to 256`},
		{"numbers", "12065550100", `numbers: "12065550100" is not a phone number`},
		{"numbers", "+12065550100,+12065550100", "numbers has +12065550100 twice"},
		{"search.threshold", "high", "high"},
		{"search.threshold", "0", `search.threshold: "0" is not above 0 and below 1`},
		{"search.threshold", "1", `search.threshold: "1" is not above 0 and below 1`},
		{"search.threshold", "NaN", `search.threshold: "NaN" is not above 0 and below 1`},
		{"search.threshold", "1.01", `search.threshold: "1.01" is not above 0 and below 1`},
		{"analytics", "never", "must be one of"},
		{"legs.unknown", "callee", "must be one of"},
		{"legs.swap", "perhaps", "perhaps"},
		{"legs.caller", "+1206*,[", `legs.caller: "[" is not a pattern`},
		{"legs.caller_header", "X Caller", `legs.caller_header: "X Caller" is not the name of a SIP header`},
		{"records", "-1", "records: -1 is out of range (0 to 36500"},
		{"records", "40000", "records: 40000 is out of range (0 to 36500"},
		{"infer.threads", "-1", "infer.threads: -1 is out of range (not negative"},
		{"log.level", "loud", "loud"},
		{"log.format", "xml", "must be one of"},
	} {
		t.Run(c.key+" "+c.value, func(t *testing.T) {
			clean(t)
			by := map[string]func() error{
				"flag": func() error { _, _, err := run("serve", "--"+c.key+"="+c.value); return err },
				"file": func() error {
					_, _, err := run("serve", "--config", file(t, c.key+": '"+c.value+"'"))
					return err
				},
				"variable": func() error {
					t.Setenv("TIMBRE_"+strings.ToUpper(strings.ReplaceAll(c.key, ".", "_")), c.value)
					_, _, err := run("serve")
					return err
				},
			}
			for _, way := range []string{"flag", "file", "variable"} {
				err := by[way]()
				switch {
				case c.says == "":
					if err != nil {
						t.Errorf("by %s: got error %v, want %q", way, err, c.says)
					}
				case err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n"):
					t.Errorf("by %s: got error %v, want %q", way, err, c.says)
				case strings.Contains(err.Error(), "hidden"):
					t.Errorf("by %s: got the secret in error %v", way, err)
				}
			}
		})
	}
}

func TestErrorsHaveNoNamesOfGo(t *testing.T) {
	clean(t)
	for flag, want := range map[string]string{
		"--sip.dscp=abc":       `"abc" is not a whole number`,
		"--notify.disk=1.5":    `"1.5" is not a whole number`,
		"--search.threshold=x": `"x" is not a number`,
		"--store.wait=soon":    `"soon" is not a duration, such as 90s or 5m`,
		"--sip.address=foo":    `"foo" is not an IP address`,
		"--log.level=loud":     `"loud" is not debug, info, warn or error`,
		"--limits=calls=many":  "many",
	} {
		if _, _, err := run("serve", flag); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", flag, err, want)
		}
	}
}

func TestErrorsNameTheOriginOfTheValue(t *testing.T) {
	clean(t)
	path := file(t, "rtp:\n  ports: many\n")
	if _, _, err := run("serve", "--config", path); err == nil || !strings.Contains(err.Error(), "in "+path) || !strings.Contains(err.Error(), "rtp.ports") {
		t.Errorf("got %v", err)
	}
	for text, want := range map[string]string{
		"trunk:\n  refer: maybe\n":                       "line 2)",
		"data: /data\nsip.dscp: 99\n":                    "line 2)",
		"region: us-east-1\n\nsip.tls:\n  cert: a.pem\n": "line 4)",
	} {
		path := file(t, text)
		if _, _, err := run("serve", "--config", path); err == nil || !strings.HasSuffix(err.Error(), "(in "+path+", "+want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	if _, _, err := run("serve", "--sip.dscp", "99"); err == nil || !strings.HasSuffix(err.Error(), "(in --sip.dscp)") {
		t.Errorf("got %v, want the flag", err)
	}
	t.Setenv("TIMBRE_RTP_PORTS", "more")
	if _, _, err := run("serve"); err == nil || !strings.Contains(err.Error(), "in TIMBRE_RTP_PORTS") {
		t.Errorf("got %v", err)
	}
}

func TestInvalidFilesAreRefusedInOneSentence(t *testing.T) {
	clean(t)
	for name, c := range map[string]struct{ text, says string }{
		"a misspelt key":         {"api:\n  lisen: 127.0.0.1:1\n", "line 2: there is no setting api.lisen; the nearest is api.listen"},
		"a key of the root":      {"regoin: x\n", "there is no setting regoin; the nearest is region"},
		"the file in itself":     {"config: other.yaml\n", "there is no setting config"},
		"no table":               {"- api\n- admin\n", "line 1: want keys and values"},
		"a word":                 {"hello\n", "want keys and values"},
		"a section with a value": {"api: yes\n", "want keys and values"},
		"a value with a section": {"data:\n  folder: {a: b}\n", "data takes a scalar"},
		"a list of lists":        {"sip.listen: [[a]]\n", "sip.listen takes a scalar"},
		"a key twice":            {"data: a\ndata: b\n", "data"},
		"a key twice, dotted":    {"api.listen: 127.0.0.1:1\napi:\n  listen: 127.0.0.1:2\n", "api.listen is given twice"},
		"broken YAML":            {"api: [\n", "line 1"},
		"an alias":               {"data: &a x\nregion: *a\n", "line 1: an anchor"},
		"nothing but bytes":      {"\x00\x01\x02", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := run("serve", "--config", file(t, c.text))
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "timbre.yaml") {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, _, err := run("serve", "--config", file(t, strings.Repeat("# much\n", 200_000))); err == nil || !strings.Contains(err.Error(), "1 MiB") {
		t.Errorf("too large: got error %v", err)
	}
	if _, _, err := run("serve", "--config", "/nowhere/timbre.yaml"); err == nil || !strings.Contains(err.Error(), "/nowhere/timbre.yaml") {
		t.Errorf("absent: got error %v", err)
	}
	if _, _, err := run("serve", "--config", t.TempDir()); err == nil {
		t.Errorf("a folder: got no error")
	}
}

func TestEmptyFilesAndSectionsChangeNothing(t *testing.T) {
	clean(t)
	for _, text := range []string{"", "# nothing\n", "---\n", "api:\nnotify:\n  webhooks:\n", "{}"} {
		p, _, err := run("serve", "--config", file(t, text))
		if err != nil || p.Serve.API.Listen != "127.0.0.1:8080" {
			t.Errorf("%q: %v %v", text, p.Serve.API.Listen, err)
		}
	}
}
