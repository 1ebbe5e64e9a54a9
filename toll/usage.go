package toll

import (
	"maps"
	"time"

	"timbre"
)

const day = 24 * time.Hour

// user is a credential of a connector.
type user struct{ connector, name string }

// usage is what a credential has called since its day began, which is with the first call after the day before.
type usage struct {
	began   time.Time
	calls   int
	spent   time.Duration    // of calls that are over, and of live ones until counted
	counted time.Time        // until when live calls are in spent
	live    map[*toll]func() // answered calls, with what ends each
	end     *time.Timer      // when the minutes are used up; nil without live calls
}

// toll is a call of a credential.
type toll struct {
	guard *Guard
	call  timbre.TollCall
	of    *usage
	over  bool // guarded by the guard
}

// count counts a call of a credential. Callers that are known by their address have no limit here: it is a PBX with many people behind it.
func (g *Guard) count(c timbre.TollCall) (timbre.Toll, *timbre.TollDenial) {
	if c.Access.Username == "" || g.cfg.Calls == 0 && g.cfg.Minutes == 0 {
		return free{}, nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.usageOf(user{c.Access.Connector.ID, c.Access.Username})
	switch {
	case g.cfg.Calls > 0 && u.calls >= g.cfg.Calls:
		return nil, &timbre.TollDenial{Reason: timbre.TollCalls, Detail: "the credential has made all its calls of the day"}
	case g.cfg.Minutes > 0 && g.left(u) <= 0:
		return nil, &timbre.TollDenial{Reason: timbre.TollMinutes, Detail: "the credential has used all its minutes of the day"}
	}
	u.calls++
	return &toll{guard: g, call: c, of: u}, nil
}

// usageOf is the usage of a credential's present day.
func (g *Guard) usageOf(who user) *usage {
	now := g.env.Steady()
	u := g.used[who]
	if u == nil {
		g.forget(now)
		u = &usage{began: now, counted: now, live: map[*toll]func(){}}
		g.used[who] = u
	}
	u.advance(now)
	return u
}

// forget drops, once a day, the usage of days that are over: its credential may be gone.
func (g *Guard) forget(now time.Time) {
	if now.Sub(g.forgot) < day {
		return
	}
	g.forgot = now
	maps.DeleteFunc(g.used, func(_ user, u *usage) bool { return len(u.live) == 0 && now.Sub(u.began) >= day })
}

// advance counts the live calls until now, and begins the next day if this one is over.
func (u *usage) advance(now time.Time) {
	u.spent += now.Sub(u.counted) * time.Duration(len(u.live))
	u.counted = now
	if now.Sub(u.began) >= day {
		u.began, u.calls, u.spent = now, 0, 0
	}
}

// left is the time of calls that a credential may still use.
func (g *Guard) left(u *usage) time.Duration {
	return time.Duration(g.cfg.Minutes)*time.Minute - u.spent
}

// Answered implements timbre.Toll. A call may be over before its answer is known.
func (t *toll) Answered(cut func()) {
	g := t.guard
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.over {
		return
	}
	t.of.advance(g.env.Steady())
	t.of.live[t] = cut
	g.schedule(t.of)
}

// Over implements timbre.Toll.
func (t *toll) Over() {
	g := t.guard
	g.mu.Lock()
	defer g.mu.Unlock()
	t.over = true
	t.of.advance(g.env.Steady())
	delete(t.of.live, t)
	g.schedule(t.of)
}

// schedule sets the time at which the live calls of a credential will have used its minutes up.
func (g *Guard) schedule(u *usage) {
	if u.end != nil {
		u.end.Stop()
		u.end = nil
	}
	if g.cfg.Minutes == 0 || len(u.live) == 0 {
		return
	}
	u.end = time.AfterFunc(max(0, g.left(u))/time.Duration(len(u.live)), func() { g.cut(u) })
}

// cut ends the live calls of a credential whose minutes are used up.
func (g *Guard) cut(u *usage) {
	g.mu.Lock()
	u.advance(g.env.Steady())
	if g.left(u) > time.Second { // a call has ended meanwhile
		g.schedule(u)
		g.mu.Unlock()
		return
	}
	cuts := u.live
	u.live, u.end = map[*toll]func(){}, nil
	g.mu.Unlock()
	for t, cut := range cuts {
		cut()
		_ = g.refused(t.call, &timbre.TollDenial{Reason: timbre.TollMinutes, Detail: "the credential has used all its minutes of the day"})
	}
}
