package toll

import (
	"bytes"
	"context"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
)

// outbox keeps the events that it renders and the notices that it is given.
type outbox struct {
	events []timbre.Event
	posted []timbre.Notice
	err    error
}

func (o *outbox) Notices(_ context.Context, events ...timbre.Event) ([]timbre.Notice, error) {
	o.events = append(o.events, events...)
	return []timbre.Notice{{ID: events[0].ID}}, nil
}

func (o *outbox) Post(_ context.Context, notices []timbre.Notice) error {
	o.posted = append(o.posted, notices...)
	return o.err
}

func TestATripIsAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outbox{}
		g := New(environment.Environment{}, Config{}, Deps{Announcer: o, Poster: o})
		c := callOf("ann", "+37190000000")
		c.From, c.CallID, c.Access.Source = "+12065550100", "abc@pbx", netip.MustParseAddr("192.0.2.7")
		for range 10 {
			wantReason(t, g.Transfer(c), timbre.TollPremium)
		}
		<-time.After(quiet)
		wantReason(t, g.Transfer(c), timbre.TollPremium)
		if len(o.events) != 2 || len(o.posted) != 2 || o.posted[1].ID != o.events[1].ID {
			t.Fatalf("got %d events, %d posted; want the first, and one for the rest", len(o.events), len(o.posted))
		}
		e := o.events[1]
		if e.Type != timbre.TollGuardStatus || e.Status != timbre.TollGuardTripped || e.StatusMessage == "" || e.ID == "" {
			t.Errorf("got %+v", e)
		}
		if got, want := e.Call, (timbre.Call{ConnectorID: "abc", CallID: c.CallID, From: c.From, To: c.Number}); got.ConnectorID != want.ConnectorID || got.CallID != want.CallID || got.From != want.From || got.To != want.To {
			t.Errorf("got call %+v, want %+v", got, want)
		}
		if want := (timbre.TollTrip{Reason: timbre.TollPremium, Username: "ann", Source: c.Access.Source, Calls: 10}); *e.Toll != want {
			t.Errorf("got %+v, want %+v", *e.Toll, want)
		}
	})
}

func TestAnEventThatCannotBeSavedIsLogged(t *testing.T) {
	var text bytes.Buffer
	o := &outbox{err: timbre.Errorf(timbre.Unavailable, "", "the disk is full")}
	g := New(environment.Environment{Log: slog.New(slog.NewTextHandler(&text, nil))}, Config{}, Deps{Announcer: o, Poster: o})
	wantReason(t, g.Transfer(callOf("ann", "+37190000000")), timbre.TollPremium)
	if !strings.Contains(text.String(), "the disk is full") {
		t.Errorf("got %s, want the reason", text.String())
	}
}
