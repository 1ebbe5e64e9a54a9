package dialog

import (
	"testing"
	"testing/synctest"

	"timbre/sip/dialog/dialogtest"
)

func TestReliableResponsesThatWaitAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T, a *dialogtest.Agent) {
		req := invite(t, "sip:x@h", "sip:a@192.0.2.1")
		d, tx := NewUAS(config(a), req), dialogtest.NewServerTx()
		p := NewProvisionals(d, req, tx, 1)
		for range 10 * mostWaiting {
			p.Send(d.Response(req, 183, "Session Progress"), nil)
		}
		if n := len(p.open); n != mostWaiting {
			t.Errorf("got %d responses that wait, want %d", n, mostWaiting)
		}
		p.Close()
		d.End()
		synctest.Wait()
	})
}
