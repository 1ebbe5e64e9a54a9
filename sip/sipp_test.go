package sip

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// A client that others have written: it calls, holds one stream, sends metadata alone, and hangs up, many times at once.
func TestSippCalls(t *testing.T) {
	sipp := findSipp(t)
	const n = 50
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			r := run(t)
			out, err := exec.CommandContext(t.Context(), sipp, r.Addr(network).String(), "-sf", "testdata/recorder.xml", "-s", connectorID,
				"-i", "127.0.0.1", "-mi", "127.0.0.1", "-t", network[:1]+"1", "-m", strconv.Itoa(n), "-r", "100", "-nostdin",
				"-timeout", "60", "-timeout_error").CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			seen := map[string]int{}
			for range 4 * n {
				what, _, _ := strings.Cut(<-r.calls.events, " ")
				seen[what]++
			}
			if seen["begin"] != n || seen["update"] != 2*n || seen["end"] != n {
				t.Errorf("got %v", seen)
			}
			if r.media.open() != 0 || r.recordings.Len() != 0 || len(r.media.streams) != 2*n {
				t.Errorf("%d streams of %d open, %v dialogs", r.media.open(), len(r.media.streams), r.recordings.Len())
			}
		})
	}
}

// findSipp skips a test that lacks sipp; in CI, where it is to be had, it fails it.
func findSipp(t *testing.T) string {
	t.Helper()
	sipp, err := exec.LookPath("sipp")
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatal("sipp is missing: test/prepare installs it")
	case err != nil:
		t.Skip("left out: sipp (package sip-tester) is missing")
	}
	return sipp
}
