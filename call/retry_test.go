package call

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnEndThatCouldNotBeWrittenIsWrittenOnceItCanBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, d := registry()
		ctx, cancel := context.WithCancel(t.Context())
		stopped := make(chan struct{})
		go func() { defer close(stopped); r.Run(ctx) }()
		defer func() { cancel(); <-stopped }()

		first, _ := begin(t, r)
		second, _ := begin(t, r)
		lives, _ := begin(t, r)
		d.set(errors.New("disk full"))
		for txid, failure := range map[string]string{first: "", second: "no media"} {
			if err := r.End(t.Context(), txid, failure); err == nil {
				t.Error("the end was written on a full disk")
			}
		}
		<-time.After(10 * time.Minute)
		synctest.Wait()
		if len(d.calls) != 3 {
			t.Fatalf("%d writes", len(d.calls))
		}
		d.set(nil)
		<-time.After(maxBackoff)
		synctest.Wait()
		how := map[string]string{}
		for i, c := range d.calls[3:] {
			if c.Ended.IsZero() || len(d.sent[3+i]) != 2 {
				t.Errorf("%+v with %q", c, d.sent[3+i])
			}
			how[c.TransactionID] = c.Failure
		}
		if len(d.calls) != 5 || how[first] != "" || how[second] != "no media" {
			t.Errorf("%d writes, failures %q", len(d.calls), how)
		}
		if _, ok := r.Call(lives); !ok || len(r.calls) != 1 {
			t.Errorf("%d calls are left", len(r.calls))
		}
	})
}
