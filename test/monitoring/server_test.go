package monitoring

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre/config"
	"timbre/environment"
	"timbre/node"
	"timbre/test/needs"
)

// serve runs a node until the test ends.
func serve(t *testing.T) *node.Node {
	t.Helper()
	loopback := netip.MustParseAddrPort("127.0.0.1:0")
	s := config.Defaults()
	s.Data = t.TempDir()
	s.API.Listen, s.Admin.Listen, s.Feed.Listen = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
	s.SIP.Listen = []config.Endpoint{{Network: "udp", Addr: loopback}, {Network: "tcp", Addr: loopback}}
	s.RTP.Ports = config.Ports{First: 24000, Last: 24199}
	ctx, cancel := context.WithCancel(context.Background())
	n, err := node.New(ctx, environment.Environment{}, s)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("got %v, want an orderly shutdown", err)
		}
	})
	return n
}

// send returns the answer to a request, with status 0 if there is none.
func send(t *testing.T, method, address string) (status int, body []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{}).Do(r)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = answer.Body.Close() }()
	body, _ = io.ReadAll(answer.Body)
	return answer.StatusCode, body
}

// get returns the body of an answer with status 200; empty if there is none.
func get(t *testing.T, address string) string {
	t.Helper()
	status, body := send(t, http.MethodGet, address)
	if status != http.StatusOK {
		return ""
	}
	return string(body)
}

// watch runs Prometheus with the alert rules on a node, and returns its URL. It scrapes and evaluates each second.
func watch(t *testing.T, n *node.Node) string {
	t.Helper()
	needs.Program(t, "prometheus", "prometheus (Debian's package prometheus)")
	folder, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cfg := fmt.Sprintf(`global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [%s/alerts.yml]
scrape_configs: [{job_name: timbre, static_configs: [{targets: [%q]}]}]
`, folder, n.Admin)
	if err := os.WriteFile(filepath.Join(home, "prometheus.yml"), []byte(cfg), 0o600); err != nil {
		t.Fatal(err)
	}
	listen := freeAddress(t)
	c := exec.CommandContext(t.Context(), "prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--web.listen-address="+listen)
	c.Dir = home
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Wait() }) // the context of the test has ended it
	return "http://" + listen
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// ask is the answer to an instant query, with the error of Prometheus.
func ask(t *testing.T, server, expr string) (values int, fault string) {
	t.Helper()
	var answer struct {
		Error string
		Data  struct{ Result []any }
	}
	_, body := send(t, http.MethodGet, server+"/api/v1/query?query="+url.QueryEscape(expr))
	if err := json.Unmarshal(body, &answer); err != nil {
		return 0, err.Error()
	}
	return len(answer.Data.Result), answer.Error
}

// eventually waits for a condition of a process beside the test.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick, end := time.NewTicker(100*time.Millisecond), time.After(time.Minute)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("got no %s in a minute", what)
		}
	}
}

// ofTheMachine are alerts on its disk, which may be nearly full, or filled by others while the test runs.
var ofTheMachine = []string{"TimbreNearLimit", "TimbreDiskFills"}

// Prometheus evaluates all rules and panels on a server that is well, finds no fault in any, and no alert fires or is about to.
func TestHealthyServerRaisesNoAlert(t *testing.T) {
	n := serve(t)
	server := watch(t, n)
	abuse(t, n, 5) // refusals alone are no reason for an alert
	eventually(t, "five scrapes", func() bool {
		got, _ := ask(t, server, `count_over_time(up{job="timbre"}[1m]) >= 5 and up == 1`)
		return got == 1
	})
	each(func(where string, s series) {
		if _, fault := ask(t, server, plain(s.expr)); fault != "" {
			t.Errorf("%s: %s", where, fault)
		}
	})
	var state struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, Health, State, LastError string }
			}
		}
	}
	eventually(t, "evaluation of the rules", func() bool {
		if err := json.Unmarshal([]byte(get(t, server+"/api/v1/rules")), &state); err != nil {
			return false
		}
		for _, g := range state.Data.Groups {
			for _, r := range g.Rules {
				if r.Health == "unknown" {
					return false
				}
			}
		}
		return true
	})
	rules := 0
	for _, g := range state.Data.Groups {
		for _, r := range g.Rules {
			rules++
			quiet := r.State == "inactive" || slices.Contains(ofTheMachine, r.Name)
			if r.Health != "ok" || !quiet {
				t.Errorf("%s: got health %s, state %s (%s), want ok and inactive", r.Name, r.Health, r.State, r.LastError)
			}
		}
	}
	if want := len(alerts(t)); rules != want {
		t.Errorf("got %d rules, want %d", rules, want)
	}
}
