package sip

import (
	"bytes"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"timbre"
)

// gatewayed is loopback with a connector that has a route to a port.
func gatewayed(network string, port int) *directory {
	d := loopback()
	d.originations = map[string]timbre.Origination{connectorID: {Routes: []timbre.Route{{Host: "127.0.0.1", Port: port, Protocol: strings.ToUpper(network), Priority: 1, Weight: 1}}}}
	return d
}

// freePort is a port of loopback that nobody uses, by UDP or TCP.
func freePort(t *testing.T) int {
	t.Helper()
	for {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		c, err := net.ListenPacket("udp", l.Addr().String())
		_ = l.Close()
		if err == nil {
			_ = c.Close()
			return l.Addr().(*net.TCPAddr).Port
		}
	}
}

// answering starts sipp as a gateway that takes n calls, and gives the function that waits for its end.
func answering(t *testing.T, sipp, network string, port, n int, scenario ...string) (wait func()) {
	t.Helper()
	args := append([]string{
		"-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", strconv.Itoa(port), "-t", network[:1] + "1", "-m", strconv.Itoa(n),
		"-nostdin", "-timeout", "60", "-timeout_error",
	}, scenario...)
	cmd := exec.CommandContext(t.Context(), sipp, args...)
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	waitFor(t, func() bool { // by UDP, what comes too early comes again
		c, err := net.Dial(network, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			return false
		}
		return c.Close() == nil
	})
	return func() {
		t.Helper()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("the gateway: %v\n%s", err, out.String())
			}
		case <-time.After(testTimeout):
			_ = cmd.Process.Kill()
			<-done // it writes no more
			t.Errorf("the gateway waits for something\n%s", out.String())
		}
	}
}

// calling runs sipp as a caller of n calls.
func calling(t *testing.T, sipp, network string, r *running, n int, scenario ...string) {
	t.Helper()
	args := append([]string{
		r.Addr(network).String(), "-s", "+12065550100", "-i", "127.0.0.1", "-mi", "127.0.0.1", "-t", network[:1] + "1",
		"-m", strconv.Itoa(n), "-r", "100", "-nostdin", "-timeout", "60", "-timeout_error",
	}, scenario...)
	out, err := exec.CommandContext(t.Context(), sipp, args...).CombinedOutput()
	if err != nil {
		t.Errorf("the caller: %v\n%s", err, out)
	}
}

// What calls do, with sipp on both ends: each end checks what the other one says.
func TestSippBridged(t *testing.T) {
	sipp := findSipp(t)
	const n = 20
	before := serverGoroutines()
	for _, story := range []struct {
		name    string
		answers int // calls that are begun, and ended
	}{{"hold", n}, {"cancel", 0}, {"late", n}, {"early", n}} {
		for _, by := range [][2]string{{"udp", "udp"}, {"tcp", "tcp"}, {"udp", "tcp"}, {"tcp", "udp"}} {
			t.Run(story.name+", "+by[0]+" to "+by[1], func(t *testing.T) {
				port := freePort(t)
				r := runWith(t, gatewayed(by[1], port))
				wait := answering(t, sipp, by[1], port, n, "-sf", "testdata/trunk/"+story.name+"_gateway.xml")
				calling(t, sipp, by[0], r, n, "-sf", "testdata/trunk/"+story.name+"_caller.xml")
				wait()
				seen := map[string]int{}
				for range 2 * story.answers {
					what, _, _ := strings.Cut(<-r.calls.events, " ")
					seen[what]++
				}
				if seen["begin"] != story.answers || seen["end"] != story.answers {
					t.Errorf("%v, want %d calls", seen, story.answers)
				}
				waitFor(t, func() bool { return r.media.open() == 0 })
			})
		}
	}
	waitFor(t, func() bool { return serverGoroutines() <= before })
}
