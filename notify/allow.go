package notify

import (
	"context"
	"strings"

	"timbre"
)

// Allow lists the targets that may be sent to, besides webhooks and files, which the settings name: whoever makes a configuration would
// otherwise lend the server's identity to any queue, topic or function that it reaches. An entry is a target, or an ARN with * for any
// text of one of its parts and ? for any character. Nil: all.
type Allow []string

// Check returns why a target may not be sent to.
func (a Allow) Check(target string) error {
	if kind := Kind(target); a == nil || kind == "webhook" || kind == "file" {
		return nil
	}
	for _, one := range a {
		if one == target || allows(one, target) {
			return nil
		}
	}
	return timbre.Errorf(timbre.Forbidden, "", "the setting notify.targets does not allow it")
}

// allows compares part by part: the star of a region is not to swallow an account.
func allows(pattern, target string) bool {
	want, have := strings.SplitN(pattern, ":", 6), strings.SplitN(target, ":", 6)
	if len(want) != 6 || len(have) != 6 {
		return false
	}
	for i, p := range want {
		if !timbre.MatchPattern(p, have[i]) {
			return false
		}
	}
	return true
}

// forbidden is the sink of a target that is stored, but not allowed. An operator can allow it.
type forbidden struct{ why error }

// Send implements Sink.
func (f forbidden) Send(_ context.Context, n timbre.Notice) error {
	return &Failure{Err: timbre.Errorf(timbre.Unavailable, "", "target %s: %w", n.Target, f.why)}
}
