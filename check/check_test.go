package check

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/alecthomas/kong"

	"timbre/config"
	"timbre/environment"
	"timbre/node"
)

// sound is a machine on which every check is content: its data folder is empty, and its ports are those that the system gives.
func sound(t *testing.T) *machine {
	t.Helper()
	s := config.Defaults()
	s.Data = filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(s.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	s.API.Listen, s.Admin.Listen = "127.0.0.1:0", "127.0.0.1:0"
	s.SIP.Listen = nil
	for _, text := range []string{"udp://127.0.0.1:0", "tcp://127.0.0.1:0"} {
		var e config.Endpoint
		if err := e.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		s.SIP.Listen = append(s.SIP.Listen, e)
	}
	s.RTP.Ports = config.Ports{First: 24000, Last: 24199}
	return &machine{
		Config: Config{Settings: s},
		env:    environment.Environment{}.Complete(),
		system: system{
			root: fstest.MapFS{
				"proc/sys/net/core/rmem_max":            {Data: []byte("8388608\n")},
				"proc/sys/net/ipv4/ip_local_port_range": {Data: []byte("32768\t60999\n")},
				"proc/meminfo":                          {Data: []byte("MemTotal:       16000000 kB\n")},
			},
			clock:  func() (clockState, error) { return clockState{true, 5 * time.Millisecond}, nil },
			volume: func(string) (volume, error) { return volume{free: 100 << 30, inodes: 1e6}, nil },
			sync:   func(string) error { return nil },
			room:   func() (int, int) { return 65536, 28000 },
			user:   os.Geteuid(), cores: 4,
			listen:  listen,
			dial:    func(context.Context, string, *tls.Config) error { return nil },
			measure: func(context.Context, machine, int) (sample, error) { return sample{spoken: 100, busy: 5}, nil },
		},
	}
}

// federate has people sign in by an issuer, with a file of the client's secret of some mode.
func (m *machine) federate(t *testing.T, mode os.FileMode) {
	t.Helper()
	m.file(t, "credentials", "[ann]\naws_access_key_id = ANNS\naws_secret_access_key = secret\n", 0o600)
	m.Settings.Admin.OIDC = config.OIDC{
		Issuer: "https://issuer.example/realms/staff", Secret: m.file(t, "secret", "a client secret", mode), Users: []config.Mapping{{Value: "ann", KeyID: "ANNS"}},
	}
}

// file writes a file of the data folder.
func (m *machine) file(t *testing.T, name, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(m.Settings.Data, name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// served makes the data folder that of a server which has run.
func (m *machine) served(t *testing.T) {
	t.Helper()
	n, err := node.New(t.Context(), environment.Environment{}, m.Settings)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := n.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

// certify writes a certificate with its key.
func (m *machine) certify(t *testing.T, from, to time.Time) config.TLS {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: to, DNSNames: []string{"timbre.example"}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprint(to.UnixNano())
	return config.TLS{
		Cert: m.file(t, name+".crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), 0o644),
		Key:  m.file(t, name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})), 0o600),
	}
}

// Each check is content with a sound machine, and with what a row changes it finds what the row says.
func TestFindings(t *testing.T) {
	const day = 24 * time.Hour
	now := time.Now()
	for _, c := range []struct {
		name, check string
		change      func(*testing.T, *machine)
		level       Level
		text        string // a part of the finding
	}{
		{"defaults", "settings", nil, OK, "are given"},
		{"admin port in the clear", "settings", func(_ *testing.T, m *machine) { m.Settings.Admin.Listen = "0.0.0.0:9090" }, Warning, "admin.listen is beyond loopback"},
		{"insecure", "settings", func(_ *testing.T, m *machine) { m.Settings.Insecure = true }, Warning, "insecure"},

		{"readable secret", "files", func(t *testing.T, m *machine) { m.configure(t, 0o644) }, Warning, "which has secret_access_key"},
		{"empty data folder", "files", nil, OK, "no database yet"},
		{"no data folder", "files", func(_ *testing.T, m *machine) { m.Settings.Data += "/deeper" }, OK, "the first start makes"},
		{"data is a file", "files", func(t *testing.T, m *machine) { m.Settings.Data = m.file(t, "x", "", 0o600) }, Failure, "is not a folder"},
		{"open data folder", "files", func(t *testing.T, m *machine) {
			if err := os.Chmod(m.Settings.Data, 0o755); err != nil {
				t.Fatal(err)
			}
		}, Warning, "others may look into"},
		{"foreign data folder", "files", func(_ *testing.T, m *machine) { m.user += 12345 }, Failure, "belongs to another user"},
		{"readable key", "files", func(t *testing.T, m *machine) { m.file(t, "key", "", 0o644) }, Failure, "others may read"},
		{"broken credentials", "files", func(t *testing.T, m *machine) { m.file(t, "credentials", "[x\n", 0o600) }, Failure, "credentials"},
		{"database without its key", "files", func(t *testing.T, m *machine) { m.file(t, "timbre.db", "", 0o600) }, Failure, "key is missing"},
		{"database that is none", "files", func(t *testing.T, m *machine) {
			m.file(t, "timbre.db", "this is no database, whatever its name says, and it is long enough", 0o600)
			m.file(t, "key", otherKey, 0o600)
		}, Failure, "timbre.db"},
		{"data folder of a server", "files", func(t *testing.T, m *machine) { m.served(t) }, OK, "opens with its key"},
		{"another key", "files", func(t *testing.T, m *machine) {
			m.served(t)
			m.file(t, "key", otherKey, 0o600)
		}, Failure, "another key file"},
		{"events to nowhere", "files", func(t *testing.T, m *machine) {
			m.Settings.Notify.Files = map[string]string{"all": m.file(t, "x", "", 0o600) + "/events"}
		}, Failure, "notify.files all"},

		{"free ports", "ports", nil, OK, "is free"},
		{"taken port", "ports", func(t *testing.T, m *machine) { m.Settings.API.Listen = config.Address(taken(t)) }, Failure, "another program has"},
		{"port of the server itself", "ports", func(t *testing.T, m *machine) { m.serving, m.Settings.API.Listen = true, config.Address(taken(t)) }, OK, "is the running server's"},
		{"address of another machine", "ports", func(_ *testing.T, m *machine) { m.Settings.Feed.Listen = "192.0.2.1:8081" }, Failure, "does not have the address"},
		{"port of root", "ports", func(_ *testing.T, m *machine) {
			m.Settings.API.Listen = "127.0.0.1:443"
			m.listen = func(_ context.Context, _, at string) error {
				if at == "127.0.0.1:443" {
					return syscall.EACCES
				}
				return nil
			}
		}, Failure, "127.0.0.1:443 are for root"},
		{"ports that others are given", "ports", func(_ *testing.T, m *machine) { m.Settings.RTP.Ports = config.Ports{First: 40000, Last: 40099} }, Warning, "to other programs, too"},
		{"reserved ports", "ports", func(_ *testing.T, m *machine) {
			m.Settings.RTP.Ports = config.Ports{First: 40000, Last: 40099}
			m.root.(fstest.MapFS)["proc/sys/net/ipv4/ip_local_reserved_ports"] = &fstest.MapFile{Data: []byte("8080,39000-41000\n")}
		}, OK, "are free"},
		{"a media port that is taken", "ports", func(t *testing.T, m *machine) {
			p, err := net.ListenPacket("udp", ":24000")
			if err != nil {
				t.Skip(err)
			}
			t.Cleanup(func() { _ = p.Close() })
			m.Settings.RTP.Ports = config.Ports{First: 24000, Last: 24003}
		}, Warning, "other programs have 1 of 4"},

		{"room", "descriptors", nil, OK, "65536, room"},
		{"no room", "descriptors", func(_ *testing.T, m *machine) { m.room = func() (int, int) { return 128, 50 } }, Warning, "128 allow 50 streams"},
		{"unknown", "descriptors", func(_ *testing.T, m *machine) { m.room = func() (int, int) { return 0, 0 } }, OK, "does not tell"},

		{"large buffers", "buffers", nil, OK, "8388608"},
		{"small buffers", "buffers", func(_ *testing.T, m *machine) {
			m.root.(fstest.MapFS)["proc/sys/net/core/rmem_max"] = &fstest.MapFile{Data: []byte("212992\n")}
		}, Warning, "audio is lost"},
		{"buffers for audio alone", "buffers", func(_ *testing.T, m *machine) {
			m.root.(fstest.MapFS)["proc/sys/net/core/rmem_max"] = &fstest.MapFile{Data: []byte("1048576\n")}
		}, Warning, "INVITEs"},

		{"clock", "clock", nil, OK, "synchronised"},
		{"nobody keeps the clock", "clock", func(_ *testing.T, m *machine) { m.clock = func() (clockState, error) { return clockState{}, nil } }, Warning, "nothing synchronises"},
		{"clock that is off", "clock", func(_ *testing.T, m *machine) {
			m.clock = func() (clockState, error) { return clockState{true, time.Hour}, nil }
		}, Warning, "1h0m0s off"},
		{"clock that cannot be asked", "clock", func(_ *testing.T, m *machine) {
			m.clock = func() (clockState, error) { return clockState{}, os.ErrPermission }
		}, Warning, "does not tell"},

		{"disk", "disk", nil, OK, "107.4 GB free"},
		{"full disk", "disk", func(_ *testing.T, m *machine) { m.volume = has(volume{free: 1000, inodes: -1}) }, Failure, "0.0 GB free"},
		{"small disk", "disk", func(_ *testing.T, m *machine) { m.volume = has(volume{free: 1 << 30, inodes: -1}) }, Warning, "may need 2.1 GB"},
		{"no inodes", "disk", func(_ *testing.T, m *machine) { m.volume = has(volume{free: 100 << 30}) }, Warning, "0 inodes"},
		{"network disk", "disk", func(_ *testing.T, m *machine) { m.volume = has(volume{100 << 30, -1, "NFS"}) }, Warning, "is on NFS"},
		{"disk in memory", "disk", func(_ *testing.T, m *machine) { m.volume = has(volume{100 << 30, -1, inMemory}) }, Warning, "is in memory"},
		{"disk that fails", "disk", func(_ *testing.T, m *machine) {
			m.volume = func(string) (volume, error) { return volume{}, errors.New("broken") }
		}, Failure, "broken"},
		{"disk that takes no writes", "disk", func(_ *testing.T, m *machine) {
			m.sync = func(path string) error { return &os.PathError{Op: "sync", Path: path, Err: errors.New("broken")} }
		}, Failure, "nothing can be written"},
		{"slow disk", "disk", func(_ *testing.T, m *machine) {
			at := now
			m.env.Steady = func() time.Time { at = at.Add(50 * time.Millisecond); return at }
		}, Warning, "50ms to reach the disk"},

		{"no certificate", "certificates", nil, OK, "have none"},
		{"certificate", "certificates", func(t *testing.T, m *machine) { m.Settings.API.TLS = m.certify(t, now.Add(-day), now.Add(90*day)) }, OK, "timbre.example"},
		{"certificate that ends", "certificates", func(t *testing.T, m *machine) { m.Settings.SIP.TLS = m.certify(t, now.Add(-day), now.Add(3*day)) }, Warning, "ends on"},
		{"certificate that has ended", "certificates", func(t *testing.T, m *machine) { m.Settings.SIP.TLS = m.certify(t, now.Add(-2*day), now.Add(-day)) }, Failure, "has expired"},
		{"certificate of tomorrow", "certificates", func(t *testing.T, m *machine) {
			m.Settings.SIP.TLS = m.certify(t, now.Add(day), now.Add(2*day))
		}, Failure, "counts from"},
		{"another's key", "certificates", func(t *testing.T, m *machine) {
			m.Settings.Admin.TLS = m.certify(t, now.Add(-day), now.Add(90*day))
			m.Settings.Admin.TLS.Key = m.certify(t, now.Add(-day), now.Add(91*day)).Key
		}, Failure, "private key does not match"},
		{"readable key of a certificate", "certificates", func(t *testing.T, m *machine) {
			m.Settings.Feed.TLS = m.certify(t, now.Add(-day), now.Add(90*day))
			if err := os.Chmod(m.Settings.Feed.TLS.Key, 0o644); err != nil {
				t.Fatal(err)
			}
		}, Warning, "others may read"},
		{"authorities that are none", "certificates", func(t *testing.T, m *machine) { m.Settings.Notify.NATS.CA = m.file(t, "ca", "x", 0o600) }, Failure, "has no certificate"},
		{"authority that has ended", "certificates", func(t *testing.T, m *machine) {
			m.Settings.Notify.Kafka.CA = m.certify(t, now.Add(-2*day), now.Add(-day)).Cert
		}, Failure, "notify.kafka.ca"},

		{"no targets", "targets", nil, OK, "name none"},
		{"webhook", "targets", func(_ *testing.T, m *machine) {
			m.Settings.Notify.Webhooks = []config.Webhook{{Name: "crm", URL: "https://crm.example/secret"}}
		}, OK, "notify.webhooks crm: https://crm.example takes connections"},
		{"dead targets", "targets", func(_ *testing.T, m *machine) {
			m.Settings.Notify.Kafka.Brokers = []string{"broker.example:9092"}
			m.dial = func(context.Context, string, *tls.Config) error { return errors.New("connection refused") }
		}, Failure, "broker.example:9092 cannot be reached (connection refused)"},

		{"no issuer", "issuer", nil, OK, "by access key alone"},
		{"issuer", "issuer", func(t *testing.T, m *machine) { m.federate(t, 0o600) }, OK, "admin.oidc.issuer: https://issuer.example takes connections"},
		{"issuer that is down", "issuer", func(t *testing.T, m *machine) {
			m.federate(t, 0o600)
			m.dial = func(context.Context, string, *tls.Config) error { return errors.New("connection refused") }
		}, Warning, "https://issuer.example cannot be reached (connection refused)"},
		{"readable client secret", "issuer", func(t *testing.T, m *machine) { m.federate(t, 0o644) }, Failure, "is accessible to others"},
		{"person without a key", "issuer", func(t *testing.T, m *machine) {
			m.federate(t, 0o600)
			m.Settings.Admin.OIDC.Users[0].KeyID = "GONE"
		}, Warning, "ann has the access key GONE, which does not exist"},
		{"person whose key has expired", "issuer", func(t *testing.T, m *machine) {
			m.federate(t, 0o600)
			m.file(t, "credentials", "[ann]\naws_access_key_id = ANNS\naws_secret_access_key = secret\ntimbre_expires = 2020-01-01T00:00:00Z\n", 0o600)
		}, Warning, "ann has the access key ANNS, which has expired"},

		{"models", "models", nil, OK, "speaker "},
		{"model that is not there", "models", func(_ *testing.T, m *machine) { m.Settings.Models.Speaker = "nobody" }, Failure, "nobody"},
		{"spoof model that is not there", "models", func(_ *testing.T, m *machine) { m.Settings.Spoof = "warn" }, Failure, "spoof"},

		{"calls", "calls", nil, OK, "50 analysed at a time, limited by rtp.ports"},
		{"calls beside a server", "calls", func(_ *testing.T, m *machine) { m.serving = true }, OK, "not measured beside a running server"},
		{"quick", "calls", func(_ *testing.T, m *machine) { m.Quick = true }, OK, "not measured"},
		{"slow machine", "calls", func(_ *testing.T, m *machine) {
			m.measure = func(context.Context, machine, int) (sample, error) { return sample{late: true}, nil }
		}, Failure, "does not keep up"},
		{"server that fails", "calls", func(_ *testing.T, m *machine) {
			m.measure = func(context.Context, machine, int) (sample, error) { return sample{}, errors.New("no models") }
		}, Failure, "no models"},
	} {
		t.Run(c.check+"/"+c.name, func(t *testing.T) {
			m := sound(t)
			if c.change != nil {
				c.change(t, m)
			}
			r := m.run(t, c.check)
			for _, f := range r.Findings {
				if f.Level == c.level && strings.Contains(f.Text, c.text) {
					if (f.Level == OK) != (f.Advice == "") {
						t.Errorf("got advice %q for %s", f.Advice, f.Level)
					}
					return
				}
			}
			t.Errorf("got %+v, want a finding %s with %q", r.Findings, c.level, c.text)
		})
	}
}

// run makes one check. Of a sound machine it has nothing to say against.
func (m *machine) run(t *testing.T, check string) Report {
	t.Helper()
	var r Report
	for _, c := range checks {
		if c.name == check {
			c.run(t.Context(), *m, &findings{&r, c.name})
		}
	}
	return r
}

func TestASoundMachinePasses(t *testing.T) {
	m := sound(t)
	for _, c := range checks {
		if err := m.run(t, c.name).Failed(true); err != nil {
			t.Errorf("%s: got %v", c.name, m.run(t, c.name).Findings)
		}
	}
}

func TestChecksLeaveNothing(t *testing.T) {
	m := sound(t)
	Run(t.Context(), environment.Environment{}, Config{Settings: m.Settings, Quick: true})
	if left, err := os.ReadDir(m.Settings.Data); err != nil || len(left) > 0 {
		t.Errorf("got %v, %v in the data folder, want nothing", left, err)
	}
}

// Packages give settings and keys to root and the group of the service, which has to read them.
func TestGroupOfTheServiceMayReadSecrets(t *testing.T) {
	m := sound(t)
	m.configure(t, 0o640)
	m.Settings.Feed.TLS = m.certify(t, time.Now().Add(-time.Hour), time.Now().AddDate(0, 3, 0))
	if err := os.Chmod(m.Settings.Feed.TLS.Key, 0o640); err != nil {
		t.Fatal(err)
	}
	for _, check := range []string{"files", "certificates"} {
		if err := m.run(t, check).Failed(true); err != nil {
			t.Errorf("%s: got %v", check, m.run(t, check).Findings)
		}
	}
}

// Whoever follows the advice is rid of the finding, and the service still reads its files: those of a package by its group.
func TestAdviceOnModesHelpsAndBreaksNothing(t *testing.T) {
	for _, c := range []struct {
		name, check string
		make        func(*machine) (path string)
		mode, want  os.FileMode
	}{
		{"settings", "files", func(m *machine) string { m.configure(t, 0o600); return m.Settings.File }, 0o644, 0o640},
		{"key", "files", func(m *machine) string { return m.file(t, "key", otherKey, 0o600) }, 0o640, 0o600},
		{"credentials", "files", func(m *machine) string {
			return m.file(t, "credentials", "[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n", 0o600)
		}, 0o644, 0o600},
		{"data folder", "files", func(m *machine) string { return m.Settings.Data }, 0o755, 0o700},
		{"key of a certificate", "certificates", func(m *machine) string {
			m.Settings.Feed.TLS = m.certify(t, time.Now().Add(-time.Hour), time.Now().AddDate(0, 3, 0))
			return m.Settings.Feed.TLS.Key
		}, 0o644, 0o640},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := sound(t)
			path := c.make(m)
			if err := os.Chmod(path, c.mode); err != nil {
				t.Fatal(err)
			}
			for _, f := range m.run(t, c.check).Findings {
				if f.Level == OK {
					continue
				}
				if out, err := exec.CommandContext(t.Context(), "sh", "-c", f.Advice).CombinedOutput(); err != nil {
					t.Fatalf("%s: %v: %s", f.Advice, err, out)
				}
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != c.want {
				t.Errorf("got mode %04o of %s, want %04o", got, path, c.want)
			}
			if err := m.run(t, c.check).Failed(true); err != nil {
				t.Errorf("got %+v, want no more findings", m.run(t, c.check).Findings)
			}
		})
	}
}

// configure takes settings of a file that has a secret.
func (m *machine) configure(t *testing.T, mode os.FileMode) {
	t.Helper()
	path := m.file(t, "timbre.yaml", "access_key_id: AKID\nsecret_access_key: secret\n", mode)
	var line struct {
		Serve struct{ config.Settings } `cmd:""`
	}
	parser, err := kong.New(&line, config.Options()...)
	if err == nil {
		_, err = parser.Parse([]string{"serve", "--config", path, "--data", m.Settings.Data})
	}
	if err != nil {
		t.Fatal(err)
	}
	m.Settings = line.Serve.Settings
}

func TestStatusOfAReport(t *testing.T) {
	warned, failed := Report{Findings: []Finding{{Level: OK}, {Level: Warning}}}, Report{Findings: []Finding{{Level: Failure}, {Level: Warning}}}
	for _, c := range []struct {
		name   string
		report Report
		strict bool
		want   bool
	}{{"fine", Report{}, true, true}, {"warnings", warned, false, true}, {"warnings, strict", warned, true, false}, {"failure", failed, false, false}} {
		if got := c.report.Failed(c.strict) == nil; got != c.want {
			t.Errorf("%s: got success %v, want %v", c.name, got, c.want)
		}
	}
}

func TestReportIsALineAFindingOrJSON(t *testing.T) {
	r := Report{Findings: []Finding{{Warning, "clock", "it is late", "wind it"}, {OK, "disk", "large", ""}}, Calls: &Capacity{Core: 15.5, All: 31, Limit: "the processors"}}
	var text, doc bytes.Buffer
	if err := errors.Join(r.Print(&text, false), r.Print(&doc, true)); err != nil {
		t.Fatal(err)
	}
	if want := "warning  clock  it is late: wind it\nok       disk   large\n"; text.String() != want {
		t.Errorf("got %q, want %q", text.String(), want)
	}
	var back Report
	if err := json.Unmarshal(doc.Bytes(), &back); err != nil || len(back.Findings) != 2 || back.Findings[0] != r.Findings[0] || *back.Calls != *r.Calls {
		t.Errorf("got %+v, %v, want the report", back, err)
	}
}

// otherKey is a key file of another server.
var otherKey = "timbre local key v1\n" + strings.Repeat("ab", 32) + "\n"

// taken is a port that another program has.
func taken(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

func has(v volume) func(string) (volume, error) {
	return func(string) (volume, error) { return v, nil }
}
