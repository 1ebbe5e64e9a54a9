package console

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"timbre"
)

// What has gone wrong is told with what a peer has sent, in events and tasks as in the call.
func TestNumbersInMessagesAreMasked(t *testing.T) {
	f := newFakes(t)
	const text = "no route to +12065550100"
	f.stored["x"] = timbre.Call{TransactionID: "x", Ended: time.Now(), Failure: text}
	f.tasks = []timbre.Task{{ID: "t", Kind: timbre.SpeakerSearch, Message: text}}
	f.Announced(timbre.Event{ID: "e", Type: timbre.StreamingStatus, StatusMessage: text, Call: f.stored["x"]})
	f.signIn("ALL")
	for query, want := range map[string]string{"": "no route to masked", "?numbers=show": text} {
		var got struct {
			Failure string
			Tasks   []struct{ Message string }
			Events  []struct{ Message string }
		}
		f.want(http.StatusOK, f.ask(http.MethodGet, "/console/calls/x"+query, ""), &got)
		if len(got.Tasks) != 1 || len(got.Events) != 1 || got.Failure != want || got.Tasks[0].Message != want || got.Events[0].Message != want {
			t.Errorf("%q: got %+v, want %q in each", query, got, want)
		}
	}
}

func TestEndedCallsAreFilteredAndPaged(t *testing.T) {
	f := newFakes(t)
	at := time.Date(2026, 11, 25, 10, 0, 0, 123, time.UTC)
	f.stored["x"] = timbre.Call{TransactionID: "x-1", From: "+12065550100", Ended: at, Lasted: time.Minute, Failure: "no route to +12065550100"}
	f.signIn("ALL")
	var got struct {
		Calls []struct {
			Call     struct{ From string }
			LastedMs int64
			Failure  string
		}
		Next   string
		Before time.Time
	}
	f.want(http.StatusOK, f.ask(http.MethodGet, "/console/calls?from=2026-11-25T00:00:00Z&to=2026-11-26T00:00:00Z&connector=abc&number=%2B0100&outcome=failed&limit=7", ""), &got)
	if len(got.Calls) != 1 || got.Calls[0].Call.From != "masked" || got.Calls[0].Failure != "no route to masked" || got.Calls[0].LastedMs != 60_000 {
		t.Errorf("got %+v, want the call with masked numbers", got)
	}
	if !got.Before.Equal(at) {
		t.Errorf("got %v as where the list goes on, want the end of the last call, %v", got.Before, at)
	}
	want := timbre.EndedFilter{
		From: at.Truncate(24 * time.Hour), To: at.Truncate(24 * time.Hour).Add(24 * time.Hour), ConnectorID: "abc", Number: "0100", Outcome: timbre.CallFailed, Limit: 7,
	}
	if f.filter != want {
		t.Errorf("got filter %+v, want %+v", f.filter, want)
	}
	f.want(http.StatusOK, f.ask(http.MethodGet, "/console/calls?after="+url.QueryEscape(got.Next), ""), &got)
	if place := (timbre.EndedPlace{Ended: at, TransactionID: "x-1"}); f.filter.After != place || f.filter.Limit != endedPage {
		t.Errorf("got filter %+v, want it after %+v", f.filter, place)
	}
	f.later(time.Minute) // another share of requests
	for _, wrong := range []string{"from=yesterday", "to=1", "outcome=lost", "limit=0", "limit=201", "limit=x", "after=x", "after=1", "after=1-"} {
		f.want(http.StatusBadRequest, f.ask(http.MethodGet, "/console/calls?"+wrong, ""))
	}
}

func TestLastMatchesOfADomain(t *testing.T) {
	f := newFakes(t)
	at := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	f.tasks = []timbre.Task{ // the last one first
		{TransactionID: "second", Updated: at.Add(time.Hour), Matches: []timbre.Match{{ProfileID: "vp-1", Confidence: 0.97}}},
		{TransactionID: "first", Updated: at, Matches: []timbre.Match{{ProfileID: "vp-1", Confidence: 0.99}, {ProfileID: "vp-2", Confidence: 0.91}}},
	}
	f.signIn("ALL")
	var got map[string]struct {
		Time          time.Time
		TransactionID string
		Confidence    float64
	}
	f.want(http.StatusOK, f.ask(http.MethodGet, "/console/domains/d/matches", ""), &got)
	if len(got) != 2 || got["vp-1"].TransactionID != "second" || !got["vp-2"].Time.Equal(at) {
		t.Errorf("got %+v, want the last match of each", got)
	}
	var told struct{ Message string }
	f.want(http.StatusInternalServerError, f.ask(http.MethodGet, "/console/domains/broken/matches", ""), &told)
	if told.Message != "the server has failed: see its log" {
		t.Errorf("got %q, want nothing of the cause", told.Message)
	}
}

func FuzzPlaceOf(f *testing.F) {
	for _, s := range []string{"", "1-x", "-1-x", "9223372036854775807-a-b", "1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := placeOf(s)
		if err != nil || s == "" {
			return
		}
		if again, err := placeOf(cursorOf(p)); err != nil || again != p {
			t.Errorf("%q: got %+v, then %+v, %v", s, p, again, err)
		}
	})
}
