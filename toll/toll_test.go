package toll

import (
	"bytes"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
)

const home = "+12065550111"

func callOf(name, number string) timbre.TollCall {
	return timbre.TollCall{Number: number, Access: timbre.Access{
		Connector: timbre.Connector{ID: "abc"}, Username: name, CallingRegions: []string{"US"},
	}}
}

// reasonOf is why a call was refused; empty: it was not.
func reasonOf(t *testing.T, err error) timbre.TollReason {
	t.Helper()
	if err == nil {
		return ""
	}
	d := (*timbre.TollDenial)(nil)
	if !errors.As(err, &d) {
		t.Fatalf("got %v, want a denial", err)
	}
	return d.Reason
}

func wantReason(t *testing.T, err error, want timbre.TollReason) {
	t.Helper()
	if got := reasonOf(t, err); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnOpenNetworkPutsNothingThrough(t *testing.T) {
	g := New(environment.Environment{}, Config{}, Deps{Announcer: &outbox{}, Poster: &outbox{}})
	c := callOf("", home)
	c.Access.Open = true
	_, err := g.Admit(c)
	wantReason(t, err, timbre.TollOpen)
	wantReason(t, g.Transfer(c), timbre.TollOpen)
	if n := testutil.ToFloat64(g.metrics.refused.WithLabelValues("open_relay")); n != 2 {
		t.Errorf("got %v counted, want 2", n)
	}
}

func TestEmergenciesAreAlwaysPutThrough(t *testing.T) {
	g := New(environment.Environment{}, Config{Calls: 1}, Deps{Announcer: &outbox{}, Poster: &outbox{}})
	for range 3 {
		c := callOf("ann", "911")
		c.Access.Open = true
		_, err := g.Admit(c)
		wantReason(t, err, "")
	}
	c := callOf("ann", "110") // of Germany
	c.Access.CallingRegions = []string{"DE"}
	c.Access.Open = true
	_, err := g.Admit(c)
	wantReason(t, err, "")
	_, err = g.Admit(callOf("ann", "911900123456"))
	wantReason(t, err, timbre.TollNumber)
}

func TestACredentialHasItsCallsOfTheDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(environment.Environment{}, Config{Calls: 2}, Deps{Announcer: &outbox{}, Poster: &outbox{}})
		for range 2 {
			_, err := g.Admit(callOf("ann", home))
			wantReason(t, err, "")
		}
		_, err := g.Admit(callOf("ann", home))
		wantReason(t, err, timbre.TollCalls)
		wantReason(t, g.Transfer(callOf("ann", home)), timbre.TollCalls)
		_, err = g.Admit(callOf("bob", home))
		wantReason(t, err, "")
		_, err = g.Admit(callOf("", home)) // a PBX, by its address
		wantReason(t, err, "")
		<-time.After(day)
		_, err = g.Admit(callOf("ann", home))
		wantReason(t, err, "")
	})
}

func TestCallsEndWhenTheMinutesOfTheDayAreUsedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(environment.Environment{}, Config{Minutes: 10}, Deps{Announcer: &outbox{}, Poster: &outbox{}})
		var mu sync.Mutex
		began, cut := time.Now(), map[string]time.Duration{}
		admit := func(name string) timbre.Toll {
			toll, err := g.Admit(callOf(name, home))
			wantReason(t, err, "")
			toll.Answered(func() {
				mu.Lock()
				defer mu.Unlock()
				cut[name] = time.Since(began)
			})
			return toll
		}
		soFar := func() map[string]time.Duration {
			mu.Lock()
			defer mu.Unlock()
			return maps.Clone(cut)
		}
		first := admit("ann")
		<-time.After(4 * time.Minute) // 4 of 10
		first.Over()
		first.Over()
		<-time.After(time.Hour) // costs nothing
		mu.Lock()
		began = time.Now()
		mu.Unlock()
		admit("ann")
		admit("ann")
		admit("bob")
		<-time.After(2 * time.Minute)
		synctest.Wait()
		if cut := soFar(); len(cut) != 0 {
			t.Errorf("got %v cut after 2 minutes, want none", cut)
		}
		<-time.After(time.Minute) // 6 minutes of two calls
		synctest.Wait()
		if cut := soFar(); cut["ann"] != 3*time.Minute || len(cut) != 1 {
			t.Errorf("got %v, want Ann's calls cut after 3 minutes", cut)
		}
		_, err := g.Admit(callOf("ann", home))
		wantReason(t, err, timbre.TollMinutes)
		<-time.After(day)
		_, err = g.Admit(callOf("ann", home))
		wantReason(t, err, "")
	})
}

func TestTheMinutesOfACallOverMidnightAreOfBothDays(t *testing.T) {
	for name, again := range map[string]bool{"another call begins the day": true, "no other call comes": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := New(environment.Environment{}, Config{Minutes: 24*60 + 20}, Deps{Announcer: &outbox{}, Poster: &outbox{}})
				toll, err := g.Admit(callOf("ann", home))
				wantReason(t, err, "")
				cut := false
				toll.Answered(func() { cut = true })
				<-time.After(day + 10*time.Minute)
				if again {
					_, err = g.Admit(callOf("ann", home))
					wantReason(t, err, "")
				}
				<-time.After(15 * time.Minute)
				synctest.Wait()
				if cut {
					t.Error("got a call that was cut by the minutes of the day before")
				}
				toll.Over()
			})
		})
	}
}

func TestUsageOfDaysThatAreOverIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(environment.Environment{}, Config{Calls: 2}, Deps{Announcer: &outbox{}, Poster: &outbox{}})
		for _, name := range []string{"ann", "bob", "carl"} {
			toll, err := g.Admit(callOf(name, home))
			wantReason(t, err, "")
			toll.Answered(func() {})
			if name != "ann" {
				toll.Over()
			}
		}
		<-time.After(day)
		_, err := g.Admit(callOf("dora", home))
		wantReason(t, err, "")
		if n := len(g.used); n != 2 {
			t.Errorf("got %d credentials remembered, want the one with a live call and the new one", n)
		}
	})
}

func TestACallThatEndsBeforeItsAnswerIsKnownCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(environment.Environment{}, Config{Minutes: 10}, Deps{Announcer: &outbox{}, Poster: &outbox{}})
		toll, err := g.Admit(callOf("ann", home))
		wantReason(t, err, "")
		toll.Over()
		toll.Answered(func() { t.Error("got a call cut that is over") })
		<-time.After(time.Hour)
		synctest.Wait()
		_, err = g.Admit(callOf("ann", home))
		wantReason(t, err, "")
	})
}

func TestAFloodTripsTheAlarmOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text bytes.Buffer
		g := New(environment.Environment{Log: slog.New(slog.NewTextHandler(&text, nil))}, Config{}, Deps{Announcer: &outbox{}, Poster: &outbox{}})
		for range 1000 {
			wantReason(t, g.Transfer(callOf("ann", "+37190000000")), timbre.TollPremium)
		}
		<-time.After(quiet)
		wantReason(t, g.Transfer(callOf("ann", "+37190000000")), timbre.TollPremium)
		if got := strings.Count(text.String(), "toll guard tripped"); got != 2 || !strings.Contains(text.String(), "refused=1000") {
			t.Errorf("got %d lines\n%s\nwant 2, the second with the number of calls since", got, text.String())
		}
		text.Reset()
		for range 2 {
			for i := range 3 * maxAlarms {
				_ = g.Transfer(callOf(strings.Repeat("x", i), "+37190000000"))
			}
		}
		if n := len(g.alarms.last); n > maxAlarms+1 {
			t.Errorf("got %d alarms remembered, want %d at most, and those beyond together", n, maxAlarms)
		}
		if got := strings.Count(text.String(), "toll guard tripped"); got > maxAlarms+1 {
			t.Errorf("got %d lines of so many callers in a minute, want %d at most", got, maxAlarms+1)
		}
	})
}
