package monitoring

import (
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"timbre/node"
)

// abuse sends requests of every kind that are unlike each other, on each port: unknown operations, resources, methods, connectors, callers.
func abuse(t *testing.T, n *node.Node, times int) {
	t.Helper()
	sip, err := net.Dial("udp", strings.TrimPrefix(n.SIP[0], "udp://")) //nolint:noctx // a loopback address of the test
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sip.Close() }()
	for i := range times {
		for _, method := range []string{http.MethodGet, http.MethodPost, fmt.Sprintf("METHOD%d", i)} {
			for _, path := range []string{"/voice-connectors/vc%d", "/nothing/%d", "/voice-profile-domains/%d?operation=x%[1]d"} {
				send(t, method, "http://"+n.API+fmt.Sprintf(path, i))
			}
			send(t, method, strings.Replace(n.Feed, "ws://", "http://", 1)+fmt.Sprintf("/connector%d?dialect=d%[1]d", i))
		}
		for _, method := range []string{"INVITE", "OPTIONS", "REGISTER", fmt.Sprintf("M%d", i)} {
			_, _ = fmt.Fprintf(sip, "%s sip:vc%d@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK%[2]d%[1]s\r\nFrom: <sip:u%[2]d@h%[2]d>;tag=%[2]d\r\n"+
				"To: <sip:vc%[2]d@127.0.0.1>\r\nCall-ID: %[2]d%[1]s\r\nCSeq: 1 %[1]s\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n", method, i)
		}
		_, _ = fmt.Fprintf(sip, "garbage %d\r\n\r\n", i)
	}
}

var (
	sample = regexp.MustCompile(`(?m)^(timbre_\w+)(?:\{(.*)\})? \S+$`)
	pair   = regexp.MustCompile(`(\w+)="((?:[^"\\]|\\.)*)"`)
	bound  = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| [^|]+ \\| (\\d+) \\|$")
)

// Clients that are unlike each other make no series of their own, and no label has more values than the reference says.
func TestClientsMakeNoSeries(t *testing.T) {
	n := serve(t)
	abuse(t, n, 5)
	before := len(sample.FindAllString(get(t, "http://"+n.Admin+"/metrics"), -1))
	abuse(t, n, 60)
	page := get(t, "http://"+n.Admin+"/metrics")
	if after := len(sample.FindAllString(page, -1)); before < 100 || after > before+10 { // a few reasons show only under load, such as flood
		t.Errorf("got %d series, then %d after ten times as many clients, want no more", before, after)
	}
	most := map[string]int{}
	for _, m := range bound.FindAllStringSubmatch(text(t, "../../docs/metrics.md"), -1) {
		most[m[1]], _ = strconv.Atoi(m[2])
	}
	values := map[string]map[string]bool{}
	for _, s := range sample.FindAllStringSubmatch(page, -1) {
		for _, p := range pair.FindAllStringSubmatch(s[2], -1) {
			key := s[1] + " " + p[1]
			if values[key] == nil {
				values[key] = map[string]bool{}
			}
			values[key][p[2]] = true
		}
	}
	for key, got := range values {
		_, label, _ := strings.Cut(key, " ")
		if want, is := most[label]; label != "le" && (!is || len(got) > want) {
			t.Errorf("%s: got %d values %v, want at most %d", key, len(got), got, want)
		}
	}
}
