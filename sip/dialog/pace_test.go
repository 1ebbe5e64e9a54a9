package dialog

import (
	"testing"
	"testing/synctest"
	"time"
)

// A peer that changes its session without end is refused, gets on after a while, and can always hang up.
func TestChangesOfASessionAreKeptToARate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, seq := NewUAS(config(newAgent()), invite(t, "sip:x@h", "sip:a@10.0.0.1")), 1
		ask := func(method string) (status int) {
			seq++
			if r := d.Receive(request(t, method, seq, "ours", nil, "sip:x@h")); r != nil {
				return r.Code
			}
			return 200
		}
		accepted := func(method string, of int) (n int) {
			for range of {
				if ask(method) == 200 {
					n++
				}
			}
			return n
		}
		if n := accepted("INVITE", 10) + accepted("UPDATE", 90); n != changeBurst {
			t.Errorf("got %d of 100 changes accepted at once, want %d", n, changeBurst)
		}
		if got := ask("OPTIONS"); got != 200 {
			t.Errorf("got %d for an OPTIONS, which changes nothing, want 200", got)
		}
		<-time.After(3 * time.Second)
		if n := accepted("UPDATE", 100); n != 3*changeRate {
			t.Errorf("got %d changes accepted after 3 s, want %d", n, 3*changeRate)
		}
		if got := ask("BYE"); got != 200 {
			t.Errorf("got %d for a BYE, want 200", got)
		}
	})
}

// A flood of messages is refused, and neither changes of the session nor its end are.
func TestMessagesInASessionAreKeptToARate(t *testing.T) {
	for _, method := range []string{"INFO", "MESSAGE", "OPTIONS", "NOTIFY", "PRACK", "FOO"} {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, seq := NewUAS(config(newAgent()), invite(t, "sip:x@h", "sip:a@10.0.0.1")), 1
				accepts := func(method string) bool {
					seq++
					return d.Receive(request(t, method, seq, "ours", nil, "sip:x@h")) == nil
				}
				accepted := func(of int) (n int) {
					for range of {
						if accepts(method) {
							n++
						}
					}
					return n
				}
				if n := accepted(300); n != messageBurst {
					t.Errorf("got %d of 300 messages accepted at once, want %d", n, messageBurst)
				}
				<-time.After(2 * time.Second)
				if n := accepted(300); n != 2*messageRate {
					t.Errorf("got %d messages accepted after 2 s, want %d", n, 2*messageRate)
				}
				for _, other := range []string{"INVITE", "UPDATE", "BYE"} {
					if !accepts(other) {
						t.Errorf("got %s refused, want it taken", other)
					}
				}
			})
		})
	}
}
