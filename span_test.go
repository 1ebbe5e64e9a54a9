package timbre_test

import (
	"testing"

	"timbre"
)

func TestSpansOfACallShareItsTrace(t *testing.T) {
	const txid = "0b3A5c9e-1f0d-4c57-8a55-3f2a6f7a9d10"
	call, ok := timbre.SpanOf(txid, txid)
	task, _ := timbre.SpanOf(txid, "task")
	again, _ := timbre.SpanOf(txid, "task")
	if !ok || call.Trace != "0b3a5c9e1f0d4c578a553f2a6f7a9d10" || call.Trace != task.Trace || call.ID == task.ID || task != again {
		t.Errorf("got %+v and %+v, then %+v", call, task, again)
	}
	if got, want := task.Parent(true), "00-"+task.Trace+"-"+task.ID+"-01"; got != want || len(got) != 55 {
		t.Errorf("got %s, want %s of 55 characters", got, want)
	}
	for _, txid := range []string{"", "tx", "00000000-0000-0000-0000-000000000000"} {
		if s, ok := timbre.SpanOf(txid, "x"); ok {
			t.Errorf("%q: got %+v, want none", txid, s)
		}
	}
}
