// Package storetest is the suite that every engine of durable state must pass: one named test for every fact that package store
// promises.
//
// It knows nothing of how an engine stores things, but can inspect all bytes that the engine has written. Each engine's own
// tests check that a commit survives kill -9.
package storetest

import (
	"reflect"
	"testing"
	"time"

	"timbre"
	"timbre/store"
)

// Engine is an empty location for a store.
type Engine struct {
	// Open opens the store at the location, the same one at each call. The suite closes it before it opens it again.
	Open func(t *testing.T) store.Store
	// Raw returns every byte that the engine has on disk while the store is open, and the names of its files.
	Raw func(t *testing.T) []byte
	// Settle does at once what the engine would do in the background; nil: that is nothing.
	Settle func(t *testing.T, s store.Store)
}

// Run runs the suite on an engine. Start creates an empty location for one test.
func Run(t *testing.T, start func(t *testing.T) Engine) {
	for _, part := range []struct {
		name  string
		facts []fact
	}{
		{"connectors", connectors},
		{"connector settings", connectorSettings},
		{"tags", tagging},
		{"configurations", configurations},
		{"domains", domains},
		{"profiles", profiles},
		{"copies of voices", follow},
		{"enrolment audio", enrolmentAudio},
		{"tasks", tasks},
		{"calls", calls},
		{"pipelines", pipelines},
		{"outbox", outbox},
		{"dead letters", deadLetters},
		{"summaries", summaries},
		{"observers", observing},
		{"sweep", sweeps},
		{"resources", resources},
		{"pages", pages},
		{"races", races},
		{"past", past},
		{"endings", endings},
		{"quotas", quotas},
		{"durability", durability},
		{"secrecy", secrecy},
	} {
		t.Run(part.name, func(t *testing.T) {
			for _, f := range part.facts {
				t.Run(f.name, func(t *testing.T) {
					s := &subject{T: t, engine: start(t)}
					s.Store = s.engine.Open(t)
					t.Cleanup(func() { s.must(s.Close()) })
					f.holds(s)
				})
			}
		})
	}
}

// fact is a promise of package store.
type fact struct {
	name  string
	holds func(s *subject)
}

// subject is a store under test.
type subject struct {
	*testing.T
	store.Store
	engine Engine
}

// reopen closes the store and opens it again.
func (s *subject) reopen() {
	s.Helper()
	s.must(s.Close())
	s.Store = s.engine.Open(s.T)
}

// settle has the engine do what it would do in the background.
func (s *subject) settle() {
	s.Helper()
	if s.engine.Settle != nil {
		s.engine.Settle(s.T, s.Store)
	}
}

func (s *subject) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// refused checks the kind of an error, and that it has an operation and a message.
func (s *subject) refused(what string, err error, want timbre.Kind) {
	s.Helper()
	e, ok := err.(*timbre.Error)
	switch {
	case err == nil:
		s.Errorf("%s: got no error, want kind %d", what, want)
	case !ok:
		s.Errorf("%s: got %T %v, want *timbre.Error", what, err, err)
	case e.Kind != want:
		s.Errorf("%s: got kind %d (%v), want %d", what, e.Kind, err, want)
	case e.Op == "" || e.Msg == "":
		s.Errorf("%s: got %+v, want an operation and a message", what, e)
	}
}

// same compares two values.
func (s *subject) same(what string, got, want any) {
	s.Helper()
	if !reflect.DeepEqual(got, want) {
		s.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// dawn is the time at which every test begins, to the microsecond.
func dawn() time.Time { return time.Date(2026, time.November, 25, 9, 30, 0, 123456000, time.UTC) }
