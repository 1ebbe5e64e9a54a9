package sip

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/admission"
	"timbre/environment"
)

func TestRequestURIFindsTheConnector(t *testing.T) {
	dir := &directory{connectors: map[string]timbre.Connector{}, terminations: map[string]timbre.Termination{
		"here":     {CIDRs: []string{"192.0.2.0/28", "2001:db8::/64", "198.51.100.7"}},
		"disabled": {CIDRs: []string{"0.0.0.0/0"}, Disabled: true},
		"twin":     {CIDRs: []string{"203.0.113.0/24"}}, "brother": {CIDRs: []string{"203.0.113.0/24", "not a network"}},
	}}
	for _, id := range []string{"here", "disabled", "twin", "brother", "bare"} {
		dir.connectors[id] = timbre.Connector{ID: id}
	}
	const inside, outside = "192.0.2.3", "192.0.2.99"
	for _, c := range []struct {
		uri, source, want string
		code              int
	}{
		{"sip:here.voiceconnector.chime.aws", inside, "here", 0},
		{"sip:+12065550199@HERE.VoiceConnector.example.com:5060", inside, "here", 0},
		{"sip:here.voiceconnector", "2001:db8::5", "here", 0},
		{"sip:here.voiceconnector.x", "198.51.100.7", "here", 0},
		{"sip:here.voiceconnector.x", outside, "", 403},
		{"sip:nowhere.voiceconnector.x", outside, "", 403},        // as one that there is
		{"sip:nowhere.voiceconnector.x", inside, "", 404},         // the host names it: nothing else counts
		{"sip:here@nowhere.voiceconnector.x", inside, "", 404},    //
		{"sip:twin@here.voiceconnector.x", inside, "here", 0},     // the host before the user part
		{"sip:here@192.0.2.200", inside, "here", 0},               // by user part
		{"sip:HERE@192.0.2.200;transport=tcp", inside, "here", 0}, //
		{"sip:here@192.0.2.200", outside, "", 403},
		{"sip:twin@192.0.2.200", "203.0.113.9", "twin", 0}, // named, though two allow the source
		{"sip:+12065550199@192.0.2.200", inside, "here", 0},
		{"sip:192.0.2.200", inside, "here", 0},
		{"sip:here.voiceconnectors.x", inside, "here", 0}, // another host; by source
		{"sip:+12065550199@192.0.2.200", outside, "", 403},
		{"sip:+12065550199@192.0.2.200", "203.0.113.9", "", 404}, // two allow it
		{"sip:disabled.voiceconnector.x", inside, "", 403},
		{"sip:bare@192.0.2.200", inside, "", 403}, // without termination
	} {
		t.Run(c.uri+" from "+c.source, func(t *testing.T) {
			var uri gosip.Uri
			if err := gosip.ParseUri(c.uri, &uri); err != nil {
				t.Fatal(err)
			}
			dir.terminations["disabled"] = timbre.Termination{CIDRs: []string{"0.0.0.0/0"}, Disabled: true}
			if c.want == "here" || c.code == 404 || strings.Contains(c.uri, "nowhere") {
				delete(dir.terminations, "disabled") // it would allow every source
			}
			b := newBench(t)
			*b.dir = *dir
			got, r := b.admit(gosip.NewRequest(gosip.INVITE, uri), netip.MustParseAddr(c.source))
			switch {
			case r == nil && (got.Connector.ID != c.want || c.code != 0):
				t.Errorf("got %q, want %q %d", got.Connector.ID, c.want, c.code)
			case r != nil && r.Code != c.code:
				t.Errorf("got %v, want %q %d", r, c.want, c.code)
			}
		})
	}
}

// A fault of the store is answered so that the peer tries another server: 503 with Retry-After, whatever the fault.
func TestStoreThatFailsSendsPeersToAnotherServer(t *testing.T) {
	for err, reason := range map[error]string{
		errors.New("disk"): "internal", timbre.Errorf(timbre.Internal, "", "row: %w", timbre.ErrDamaged): "internal",
		timbre.Errorf(timbre.Unavailable, "", "busy"): "unavailable", timbre.Errorf(timbre.Limit, "", "full"): "unavailable",
	} {
		t.Run(err.Error(), func(t *testing.T) {
			r := denied(err)
			res := r.Response(request(t, recordingOf("x").String()))
			if r.Code != 503 || r.Reason != reason || res.GetHeader("Retry-After") == nil {
				t.Errorf("got %v with reason %s and Retry-After %v, want 503 with reason %s and a time", r, r.Reason, res.GetHeader("Retry-After"), reason)
			}
		})
	}
}

// Nothing is known of any connector before the store could be read: calls are refused for now.
func TestCallBeforeTheConnectorsAreReadIsRefusedForNow(t *testing.T) {
	b := newBench(t)
	unread := admission.New(environment.Environment{}, admission.Config{}, b.dir)
	b.deps.Admission = unread
	for _, uri := range []gosip.Uri{{Host: connectorID + ".voiceconnector.x"}, {User: "x", Host: "y"}, {Host: "y"}} {
		if _, r := b.admit(gosip.NewRequest(gosip.INVITE, uri), netip.MustParseAddr("127.0.0.1")); r == nil || r.Code != 503 {
			t.Errorf("%s: got %v, want 503", uri.String(), r)
		}
	}
}
