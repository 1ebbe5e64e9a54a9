package toll

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
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
	g := New(environment.Environment{}, Config{}, Deps{})
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
	g := New(environment.Environment{}, Config{Calls: 1}, Deps{})
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
		g := New(environment.Environment{}, Config{Calls: 2}, Deps{})
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
		g := New(environment.Environment{}, Config{Minutes: 10}, Deps{})
		began, cut := time.Now(), map[string]time.Duration{}
		admit := func(name string) timbre.Toll {
			toll, err := g.Admit(callOf(name, home))
			wantReason(t, err, "")
			toll.Answered(func() { cut[name] = time.Since(began) })
			return toll
		}
		first := admit("ann")
		<-time.After(4 * time.Minute) // 4 of 10
		first.Over()
		first.Over()
		<-time.After(time.Hour) // costs nothing
		began = time.Now()
		admit("ann")
		admit("ann")
		admit("bob")
		<-time.After(2 * time.Minute)
		synctest.Wait()
		if len(cut) != 0 {
			t.Errorf("got %v cut after 2 minutes, want none", cut)
		}
		<-time.After(time.Minute) // 6 minutes of two calls
		synctest.Wait()
		if cut["ann"] != 3*time.Minute || len(cut) != 1 {
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
	synctest.Test(t, func(t *testing.T) {
		g := New(environment.Environment{}, Config{Minutes: 24*60 + 20}, Deps{})
		toll, err := g.Admit(callOf("ann", home))
		wantReason(t, err, "")
		cut := false
		toll.Answered(func() { cut = true })
		<-time.After(day + 10*time.Minute)
		_, err = g.Admit(callOf("ann", home)) // a new day
		wantReason(t, err, "")
		<-time.After(15 * time.Minute)
		synctest.Wait()
		if cut {
			t.Error("got a call that was cut by the minutes of the day before")
		}
		toll.Over()
	})
}

func TestAFloodTripsTheAlarmOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text bytes.Buffer
		g := New(environment.Environment{Log: slog.New(slog.NewTextHandler(&text, nil))}, Config{}, Deps{})
		for range 1000 {
			wantReason(t, g.Transfer(callOf("ann", "+37190000000")), timbre.TollPremium)
		}
		<-time.After(quiet)
		wantReason(t, g.Transfer(callOf("ann", "+37190000000")), timbre.TollPremium)
		if got := strings.Count(text.String(), "toll guard tripped"); got != 2 || !strings.Contains(text.String(), "refused=1000") {
			t.Errorf("got %d lines\n%s\nwant 2, the second with the number of calls since", got, text.String())
		}
		for i := range 3 * maxAlarms {
			_ = g.Transfer(callOf(strings.Repeat("x", i), "+37190000000"))
		}
		if n := len(g.alarms.last); n > maxAlarms {
			t.Errorf("got %d alarms remembered, want %d at most", n, maxAlarms)
		}
	})
}
