package recording

import (
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
)

func TestSessionTimerThatBindsThePeer(t *testing.T) {
	for name, c := range map[string]struct {
		expires, supported string
		known              bool
		want               time.Duration
		refused            int
	}{
		"none":                         {"", "timer", false, 0, 0},
		"shortest":                     {"90", "timer", false, 90 * time.Second, 0},
		"refresher named":              {"1800;refresher=uac", "timer", false, 30 * time.Minute, 0},
		"too short":                    {"89", "timer", false, 0, 422},
		"not a number":                 {"x", "timer", false, 0, 400},
		"negative":                     {"-1", "timer", false, 0, 400},
		"too long":                     {"99999999999", "timer", false, 0, 400},
		"this side is to refresh":      {"1800;refresher=uas", "timer", false, 30 * time.Minute, 0},
		"and support is not said":      {"1800;Refresher=UAS", "", false, 30 * time.Minute, 0},
		"asked by a proxy":             {"30", "replaces", false, 0, 0},
		"another tag contains timer":   {"1800", "x-notimers", false, 0, 0},
		"support was shown before":     {"1800", "", true, 30 * time.Minute, 0},
		"too short, shown before":      {"89", "", true, 0, 422},
		"unreadable, without support":  {"soon", "", false, 0, 400},
		"for us to refresh, too short": {"30;refresher=uas", "timer", false, 0, 422},
	} {
		t.Run(name, func(t *testing.T) {
			req := gosip.NewRequest(gosip.INVITE, gosip.Uri{Scheme: "sip", Host: "h"})
			if c.expires != "" {
				req.AppendHeader(gosip.NewHeader("Session-Expires", c.expires))
			}
			if c.supported != "" {
				req.AppendHeader(gosip.NewHeader("Supported", c.supported))
			}
			s, r := peerSession(req, c.known)
			refused := 0
			if r != nil {
				refused = r.Code
			}
			if refused != c.refused || refused == 0 && s != (dialog.Session{Interval: c.want, LocalRefresher: strings.Contains(strings.ToLower(c.expires), "uas")}) {
				t.Errorf("got %+v, refused %d, want %v, %d", s, refused, c.want, c.refused)
			}
		})
	}
}
