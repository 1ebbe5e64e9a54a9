package sqlite

import (
	"errors"
	"fmt"
	"testing"

	driver "modernc.org/sqlite"

	"timbre"
)

func TestFaultsOfTheEngineAreInternalAndKeepTheirCause(t *testing.T) {
	s := begin(t, t.TempDir())
	_, fault := s.writer.Exec("no statement")
	err := wrap("store.Try", fmt.Errorf("somewhere: %w", fault))
	e := new(timbre.Error)
	if !errors.As(err, &e) || e.Kind != timbre.Internal || e.Op != "store.Try" || e.Msg != "the database failed" {
		t.Errorf("%+v", err)
	}
	if !errors.As(err, new(*driver.Error)) {
		t.Errorf("%v has lost its cause", err)
	}
	if wrap("store.Try", nil) != nil {
		t.Error("an error of nothing")
	}
}

func TestRefusalsKeepTheirKindAndSayOnceWhatWasTried(t *testing.T) {
	err := wrap("store.Outer", wrap("store.Inner", conflict("Taken.")))
	if e := new(timbre.Error); !errors.As(err, &e) || *e != (timbre.Error{Kind: timbre.Conflict, Op: "store.Inner", Msg: "Taken."}) {
		t.Errorf("%+v", err)
	}
}

func TestClosedStoreRefuses(t *testing.T) {
	s := begin(t, t.TempDir())
	ok(t, s.Close())
	if _, err := s.Call(t.Context(), "x"); timbre.KindOf(err) != timbre.Internal {
		t.Errorf("%v", err)
	}
	if err := s.SaveCall(t.Context(), timbre.Call{}, nil); timbre.KindOf(err) != timbre.Internal {
		t.Errorf("%v", err)
	}
	ok(t, s.Close())
}
