package node

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"timbre"
)

// asked sends a request of an operator.
func (in *testNode) asked(what, token, filter string, answer any) (status int) {
	in.t.Helper()
	r := httptest.NewRequestWithContext(in.t.Context(), http.MethodPost, "http://127.0.0.1/outbox/"+what, strings.NewReader(filter))
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	in.admin().ServeHTTP(w, r)
	if answer != nil {
		in.must(json.Unmarshal(w.Body.Bytes(), answer))
	}
	return w.Code
}

func TestOperatorRetriesAndDropsDeadLetters(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		ctx := in.t.Context()
		token, err := OperatorToken(in.settings)
		in.must(err)
		for _, id := range []string{"n1", "n2"} {
			in.must(in.store.Post(ctx, []timbre.Notice{{ID: id, Key: id, Target: "arn:aws:sqs:us-east-1:000000000000:q", Payload: []byte(`{"id":1}`), Created: time.Now()}}))
		}
		waiting, err := in.store.Letters(ctx, timbre.LetterFilter{Waiting: true})
		in.must(err)
		for _, l := range waiting {
			in.must(in.store.Settle(ctx, []timbre.Outcome{{Seq: l.Seq, Fate: timbre.Dead, Death: timbre.Death{Cause: timbre.CauseRefused, Error: "403", At: time.Now()}}}))
		}
		var list []timbre.Letter
		if status := in.asked("list", token, "{}", &list); status != http.StatusOK || len(list) != 2 || list[0].Death.Error != "403" {
			t.Fatalf("got %d and %+v, want two dead letters with their error", status, list)
		}
		var one timbre.Letter
		if status := in.asked(fmt.Sprint("show/", list[0].Seq), token, "{}", &one); status != http.StatusOK || string(one.Payload) != `{"id":1}` {
			t.Errorf("got %d and payload %s, want that of the notice", status, one.Payload)
		}
		var n int
		if in.asked("retry", token, `{"Key":"n1"}`, &n); n != 1 {
			t.Errorf("got %d retried, want 1", n)
		}
		if in.asked("drop", token, `{"Target":"arn:aws:sqs:us-east-1:000000000000:q"}`, &n); n != 1 {
			t.Errorf("got %d dropped, want 1", n)
		}
		depths, err := in.store.Depths(ctx)
		in.must(err)
		if len(depths) != 1 || depths[0].Waiting != 1 || depths[0].Dead != 0 {
			t.Errorf("got %+v, want one that waits", depths)
		}
		var targets []timbre.TargetReport
		if in.asked("targets", token, "{}", &targets); len(targets) != 1 || targets[0].Waiting != 1 || targets[0].Delivery != timbre.DeliveryWorks {
			t.Errorf("got %+v, want the target with what waits for it", targets)
		}
	})
}

func TestOutboxIsClosedToStrangers(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		for _, token := range []string{"", "wrong", strings.Repeat("0", 64)} {
			for _, what := range []string{"list", "show/1", "retry", "drop", "targets"} {
				if status := in.asked(what, token, "{}", nil); status != http.StatusUnauthorized {
					t.Errorf("%s with token %q: got status %d, want 401", what, token, status)
				}
			}
		}
		token, err := OperatorToken(in.settings)
		in.must(err)
		if status := in.asked("show/7", token, "{}", nil); status != http.StatusNotFound {
			t.Errorf("unknown letter: got status %d, want 404", status)
		}
		if status := in.asked("list", token, "nonsense", nil); status != http.StatusBadRequest {
			t.Errorf("nonsense: got status %d, want 400", status)
		}
	})
}
