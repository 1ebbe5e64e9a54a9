package sqlite

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"timbre"
)

// pastCalls stores calls that end one after the other, each with a header of a length.
func pastCalls(tb testing.TB, s *Store, n, length int) {
	tb.Helper()
	var ended []timbre.Ended[timbre.Call]
	for i := range n {
		ended = append(ended, timbre.Ended[timbre.Call]{Item: timbre.Call{
			TransactionID: fmt.Sprintf("c-%06d", i), Started: v0, Ended: v0.Add(time.Duration(i) * time.Second), From: fmt.Sprint(i),
			Headers: map[string]string{"X-Long": strings.Repeat("x", length)},
		}})
	}
	ok(tb, s.EndCalls(context.Background(), ended))
}

// A search for few among many calls is several looks, each bounded by rows and by bytes.
func TestALookIntoThePastIsBounded(t *testing.T) {
	for name, c := range map[string]struct{ calls, length, looks int }{
		"by rows":  {2*timbre.MostLooked + 10, 0, 3},
		"by bytes": {20, timbre.MostLookedBytes / 8, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, t.TempDir())
			pastCalls(t, s, c.calls, c.length)
			f := timbre.EndedFilter{Number: "0", Limit: c.calls}
			var found []timbre.Call
			looks := 0
			for ; looks == 0 || f.After != (timbre.EndedPlace{}); looks++ {
				list, next, err := s.EndedCalls(t.Context(), f)
				ok(t, err)
				found, f.After = append(found, list...), next
			}
			if oldest := found[len(found)-1]; looks != c.looks || oldest.From != "0" {
				t.Errorf("got the oldest %q after %d looks, want the first call after %d", oldest.From, looks, c.looks)
			}
		})
	}
}

// The searches of a domain are found among those of others, as many as a look takes in.
func TestLastSearchesAreBounded(t *testing.T) {
	s := begin(t, t.TempDir())
	ok(t, s.CreateDomain(t.Context(), timbre.Domain{ID: "d"}))
	for i := range 20 {
		ok(t, s.CreateTask(t.Context(), timbre.Task{
			ID: fmt.Sprint(i), Kind: timbre.SpeakerSearch, DomainID: "d", TransactionID: fmt.Sprint(i), Ended: v0.Add(time.Duration(i) * time.Second),
			Message: strings.Repeat("x", timbre.MostLookedBytes/8), Matches: []timbre.Match{{ProfileID: "vp"}},
		}))
	}
	last, err := s.LastSearches(t.Context(), "d")
	ok(t, err)
	if len(last) != 8 || last[0].ID != "19" {
		t.Errorf("got %d searches from %s on, want the last 8", len(last), last[0].ID)
	}
}

func BenchmarkLookIntoThePast(b *testing.B) {
	s := begin(b, b.TempDir())
	pastCalls(b, s, timbre.MostLooked, 1000)
	for b.Loop() {
		if list, _, err := s.EndedCalls(b.Context(), timbre.EndedFilter{Number: "none", Limit: 50}); err != nil || len(list) > 0 {
			b.Fatal(list, err)
		}
	}
}
