package transport

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestAUDPSocketHasALargeBuffer(t *testing.T) {
	s, _ := newStack(t, Config{Listen: []string{"udp://127.0.0.1:0"}}, ok)
	if _, err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	got := receiveBuffer(s.listeners[0].packets)
	if got < 100000 || testutil.ToFloat64(s.metrics.buffer) != float64(got) {
		t.Errorf("got a buffer of %d bytes, and %v as the metric", got, testutil.ToFloat64(s.metrics.buffer))
	}
}
