package sqlite

import (
	"errors"
	"fmt"
	"testing"

	driver "modernc.org/sqlite"

	"timbre"
)

func TestEngineFaultsAreInternalWithTheirCause(t *testing.T) {
	s := begin(t, t.TempDir())
	_, fault := s.writer.Exec("no statement")
	err := wrap("store.Try", fmt.Errorf("somewhere: %w", fault))
	e := new(timbre.Error)
	if !errors.As(err, &e) {
		t.Fatalf("got %T, want *timbre.Error", err)
	}
	if want := (timbre.Error{Kind: timbre.Internal, Op: "store.Try", Msg: "the database failed", Err: e.Err}); *e != want {
		t.Errorf("got %+v, want %+v", *e, want)
	}
	if !errors.As(err, new(*driver.Error)) {
		t.Errorf("got %v, want the fault of the driver in its chain", err)
	}
	if wrap("store.Try", nil) != nil {
		t.Error("got an error of nil, want nil")
	}
}

func TestRefusalsKeepTheirKindAndInnermostOperation(t *testing.T) {
	err := wrap("store.Outer", wrap("store.Inner", conflict("Taken.")))
	if e := new(timbre.Error); !errors.As(err, &e) || *e != (timbre.Error{Kind: timbre.Conflict, Op: "store.Inner", Msg: "Taken."}) {
		t.Errorf("got %+v, want Conflict of store.Inner", err)
	}
}

func TestClosedStoreRefuses(t *testing.T) {
	s := begin(t, t.TempDir())
	ok(t, s.Close())
	if _, err := s.Call(t.Context(), "x"); timbre.KindOf(err) != timbre.Internal {
		t.Errorf("got error %v, want Internal", err)
	}
	if err := s.SaveCall(t.Context(), timbre.Call{}, nil); timbre.KindOf(err) != timbre.Internal {
		t.Errorf("got error %v, want Internal", err)
	}
	ok(t, s.Close())
}
