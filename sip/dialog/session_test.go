package dialog

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog/dialogtest"
	"timbre/sip/header"
)

func TestWhatAMessageSaysOfSessionTimers(t *testing.T) {
	for name, c := range map[string]struct {
		headers []string
		want    TimerParams
	}{
		"nothing":              {nil, TimerParams{}},
		"supported":            {[]string{"Supported: 100rel, timer"}, TimerParams{Supported: true}},
		"compact, in capitals": {[]string{"k: TIMER", "x: 120"}, TimerParams{Supported: true, Interval: 2 * time.Minute}},
		"required":             {[]string{"Require: timer"}, TimerParams{Supported: true}},
		"part of another tag":  {[]string{"Supported: x-notimers, timers"}, TimerParams{}},
		"refresher":            {[]string{"Session-Expires: 120 ; foo=bar; Refresher = UAS"}, TimerParams{Interval: 2 * time.Minute, Refresher: "uas"}},
		"least, unreadable":    {[]string{"Min-SE: -1"}, TimerParams{}},
		"least":                {[]string{"Session-Expires: 120", "Min-SE: 100;x"}, TimerParams{Interval: 2 * time.Minute, MinSE: 100 * time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			got, r := ReadTimerParams(invite(t, "sip:x@h", "sip:a@192.0.2.1", c.headers...))
			if r != nil || got != c.want {
				t.Errorf("got %+v, %v, want %+v", got, r, c.want)
			}
		})
	}
	for _, bad := range []string{"Session-Expires: soon", "Session-Expires: 99999999999"} {
		if _, r := ReadTimerParams(invite(t, "sip:x@h", "sip:a@192.0.2.1", bad)); r == nil || r.Code != 400 {
			t.Errorf("%s: got %v, want 400", bad, r)
		}
	}
}

func TestShortSessionIsRefusedWithTheShortestOne(t *testing.T) {
	r := TimerParams{Interval: 89 * time.Second}.TooSmall()
	if r == nil || r.Code != 422 || r.Headers[0].Value() != "90" {
		t.Errorf("got %v, want 422 with Min-SE 90", r)
	}
	for _, d := range []time.Duration{0, 90 * time.Second} {
		if r := (TimerParams{Interval: d}).TooSmall(); r != nil {
			t.Errorf("%v: got %v, want none", d, r)
		}
	}
}

func TestGrantNamesTheRefresher(t *testing.T) {
	timed, untimed := invite(t, "sip:x@h", "sip:a@h", "Supported: timer"), invite(t, "sip:x@h", "sip:a@h", "Supported: x-notimers")
	for name, c := range map[string]struct {
		s        Session
		req      *gosip.Request
		expires  string
		requires string
	}{
		"none":              {Session{}, timed, "", ""},
		"ours":              {Session{Interval: time.Hour, LocalRefresher: true}, timed, "3600;refresher=uas", ""},
		"theirs":            {Session{Interval: time.Hour}, timed, "3600;refresher=uac", "timer"},
		"theirs, unwitting": {Session{Interval: time.Hour}, untimed, "3600;refresher=uac", ""},
	} {
		t.Run(name, func(t *testing.T) {
			res := gosip.NewResponseFromRequest(c.req, 200, "OK", nil)
			c.s.Grant(res, c.req)
			if got := header.Value(res, "session-expires"); got != c.expires {
				t.Errorf("got Session-Expires %q, want %q", got, c.expires)
			}
			if got := header.Value(res, "require"); got != c.requires {
				t.Errorf("got Require %q, want %q", got, c.requires)
			}
		})
	}
}

// timed is a timer whose effects are counted.
func timed(a *dialogtest.Agent) (timer *Timer, refreshed, expired *atomic.Int32) {
	refreshed, expired = &atomic.Int32{}, &atomic.Int32{}
	return &Timer{do: a.Do, refresh: func(Session) { refreshed.Add(1) }, expired: func() { expired.Add(1) }}, refreshed, expired
}

func after(d time.Duration) { <-time.After(d); synctest.Wait() }

func TestSessionTimerRefreshesAtHalfTime(t *testing.T) {
	bubble(t, func(t *testing.T, a *dialogtest.Agent) {
		timer, refreshed, _ := timed(a)
		timer.Restart(Session{Interval: 100 * time.Second, LocalRefresher: true})
		if after(49 * time.Second); refreshed.Load() != 0 {
			t.Error("got a refresh before half of the interval, want none")
		}
		if after(2 * time.Second); refreshed.Load() != 1 {
			t.Errorf("got %d refreshes, want 1", refreshed.Load())
		}
		timer.Retry(timer.Session())
		if after(glareDelay); refreshed.Load() != 2 {
			t.Errorf("got %d refreshes after a retry, want 2", refreshed.Load())
		}
	})
}

func TestSessionTimerExpiresALittleEarly(t *testing.T) {
	bubble(t, func(t *testing.T, a *dialogtest.Agent) {
		timer, _, expired := timed(a)
		timer.Restart(Session{Interval: 120 * time.Second})
		after(60 * time.Second)
		timer.Restart(Session{Interval: 120 * time.Second}) // the peer has refreshed it
		if after(87 * time.Second); expired.Load() != 0 || !timer.Running() {
			t.Errorf("got %d expired, running %v, want 0 and true", expired.Load(), timer.Running())
		}
		if after(2 * time.Second); expired.Load() != 1 {
			t.Errorf("got %d expired, want 1", expired.Load())
		}
	})
}

func TestStoppedSessionTimerDoesNothing(t *testing.T) {
	bubble(t, func(t *testing.T, a *dialogtest.Agent) {
		timer, refreshed, expired := timed(a)
		timer.Restart(Session{Interval: 120 * time.Second})
		timer.Restart(Session{}) // a session without an end
		if after(time.Hour); expired.Load() != 0 || timer.Running() {
			t.Errorf("got %d expired, running %v, want 0 and false", expired.Load(), timer.Running())
		}
		timer.Stop()
		timer.Restart(Session{Interval: 100 * time.Second, LocalRefresher: true})
		if after(time.Hour); refreshed.Load() != 0 {
			t.Errorf("got %d refreshes after Stop, want 0", refreshed.Load())
		}
	})
}
