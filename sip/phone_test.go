package sip

import (
	"testing"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/sip/phone"
	"timbre/sip/sdp"
)

func TestPhoneCalls(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  phone.Config
		want []timbre.Leg
	}{
		"with metadata": {phone.Config{Metadata: true}, []timbre.Leg{{Side: timbre.Caller, Label: "1", Party: "sip:ann@example.com"}, {Side: timbre.Callee, Index: 1, Label: "2", Party: "sip:bob@example.com"}}},
		"without":       {phone.Config{}, []timbre.Leg{{Side: timbre.Caller}, {Side: timbre.Callee, Index: 1}}},
		"mixed":         {phone.Config{Metadata: true, Mixed: true}, []timbre.Leg{{Label: "1"}}},
	} {
		for _, network := range []string{"udp", "tcp", "tls"} {
			t.Run(name+" "+network, func(t *testing.T) {
				r := run(t)
				c.cfg.TLS = trusting()
				c.cfg.Server, c.cfg.To, c.cfg.From = r.url(network), connectorID, "+12065550101"
				c.cfg.Caller, c.cfg.Callee = phone.Party{AOR: "sip:ann@example.com"}, phone.Party{AOR: "sip:bob@example.com"}
				call, err := phone.Dial(t.Context(), environment.Environment{}, c.cfg)
				if err != nil {
					t.Fatal(err)
				}
				r.expect(t, "begin tx-1")
				if call.TransactionID != "tx-1" || r.calls.call(0).From != "+12065550101" || r.calls.call(0).CallID != call.CallID {
					t.Errorf("got %+v, want %+v", call, r.calls.call(0))
				}
				legs := r.calls.call(0).Legs
				if len(legs) != len(c.want) {
					t.Fatalf("got %+v", legs)
				}
				for i, l := range legs {
					if l != c.want[i] {
						t.Errorf("got %+v, want %+v", l, c.want[i])
					}
				}
				if err := call.Hangup(t.Context()); err != nil {
					t.Error(err)
				}
				r.expect(t, "end tx-1")
			})
		}
	}
}

func TestPhoneIsHungUp(t *testing.T) {
	for _, network := range []string{"udp", "tcp", "tls"} {
		t.Run(network, func(t *testing.T) {
			r := run(t)
			r.shutdownTimeout = testTimeout
			call, err := phone.Dial(t.Context(), environment.Environment{}, phone.Config{Server: r.url(network), To: connectorID, Metadata: true, TLS: trusting()})
			if err != nil {
				t.Fatal(err)
			}
			waitFor(t, func() bool { return acked(r) })
			r.stop()
			select {
			case <-call.Ended():
			case <-time.After(testTimeout):
				t.Error("got no BYE")
			}
			if err := <-r.done; err != nil {
				t.Error(err)
			}
			close(r.done)
			_ = call.Hangup(t.Context())
		})
	}
}

func TestPhoneNegotiatesKeys(t *testing.T) {
	for _, suite := range sdp.Suites() {
		r := run(t)
		call, err := phone.Dial(t.Context(), environment.Environment{}, phone.Config{Server: r.url("udp"), To: connectorID, Suites: []string{suite}})
		if err != nil {
			t.Fatal(err)
		}
		if k := r.media.specs(0)[0].Keys; k == nil || k.Suite != suite {
			t.Errorf("%s: got %+v", suite, k)
		}
		if err := call.Hangup(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
