package transport

import (
	"net/netip"
	"slices"
	"testing"

	gosip "github.com/emiago/sipgo/sip"
)

func TestWhoIsCalledIsKnownAndWhoIsNamedInACallIsNot(t *testing.T) {
	s, v := newStack(t, Config{}, ok)
	invite, bye := request(t, text("INVITE", "127.0.0.1:5099")), request(t, text("BYE", "127.0.0.1:5099"))
	bye.To().Params.Add("tag", "theirs")
	invite.SetDestination("203.0.113.9:5060")
	bye.SetDestination("203.0.113.77:5060")
	for _, req := range []*gosip.Request{invite, bye} {
		s.called(req)
	}
	if want := []netip.Addr{netip.MustParseAddr("203.0.113.9")}; !slices.Equal(v.proven, want) {
		t.Errorf("got %v known, want %v", v.proven, want)
	}
	if want := []netip.Addr{netip.MustParseAddr("203.0.113.77")}; !slices.Equal(v.asked, want) {
		t.Errorf("got %v asked, want %v", v.asked, want)
	}
}

func TestSuspiciousRefusalsCountAgainstTheSource(t *testing.T) {
	for reason, want := range map[string]int{"forbidden": 1, "method": 1, "no_dialog": 0, "unavailable": 0} {
		t.Run(reason, func(t *testing.T) {
			s, v := newStack(t, Config{}, ok)
			s.Refuse(request(t, text("INVITE", "127.0.0.1:5099")), &transaction{}, Refuse(403, reason, "x"))
			if len(v.failed) != want {
				t.Errorf("got %d failures, want %d", len(v.failed), want)
			}
		})
	}
}

func TestARefusedInviteOfAnUnknownSourceIsAnsweredOnce(t *testing.T) {
	for _, unknown := range []bool{true, false} {
		s, v := newStack(t, Config{}, ok)
		v.unknown = unknown
		tx := &transaction{}
		s.Refuse(request(t, text("INVITE", "127.0.0.1:5099")), tx, Refuse(403, "forbidden", "x"))
		if len(tx.responses) != 1 || (tx.terminated == 1) != unknown {
			t.Errorf("unknown %v: got %d responses, terminated %d times", unknown, len(tx.responses), tx.terminated)
		}
	}
}
