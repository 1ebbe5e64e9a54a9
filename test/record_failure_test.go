package test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"timbre/config"
	"timbre/environment"
	"timbre/sip/phone"
)

// A call that is refused because its second stream gets no port leaves no record; one whose server is killed has the status Failed.
func TestFailedCallsLeaveRecords(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	folder := t.TempDir()
	s := settings(t, folder, newReceiver(t))
	s.RTP.Ports = config.Ports{First: 21990, Last: 21991}
	n := start(t, s)
	setUp(ctx, t, n.API, hookARN)
	parties := phone.Config{Metadata: true, Caller: phone.Party{AOR: "sip:ann@example.com"}, Callee: phone.Party{AOR: "sip:bob@example.com"}}
	parties.Server = n.SIP[0]
	if _, err := phone.Dial(ctx, environment.Environment{}, parties); err == nil {
		t.Fatal("got ports for two streams, want them for one")
	}
	if found, _ := filepath.Glob(filepath.Join(folder, "logs", "*")); len(found) != 0 {
		t.Errorf("got records %v of a call that was refused, want none", found)
	}

	folder = t.TempDir()
	env := serverEnv(folder)
	p := serve(ctx, t, env...)
	setUp(ctx, t, p.At["api"], hookARN)
	parties.Server = p.At["sip udp"]
	call, err := phone.Dial(ctx, environment.Environment{}, parties)
	must(t, err)
	p.Kill()
	expired, cancelHangup := context.WithCancel(ctx)
	cancelHangup()
	if err := call.Hangup(expired); err == nil {
		t.Error("got an answer to BYE from a killed server")
	}
	if found, _ := filepath.Glob(filepath.Join(folder, "logs", "*")); len(found) != 0 {
		t.Errorf("got records %v of a live call, want none", found)
	}
	serve(ctx, t, env...)
	r := recordOf(t, folder, call.TransactionID)
	checkOutcome(t, r, "Failed", "the server stopped during the call")
	if len(r.Legs) != 2 {
		t.Fatalf("got legs %+v, want two", r.Legs)
	}
	if l := r.Legs[0]; l.Side != "caller" || l.Packets != nil {
		t.Errorf("got first leg %+v, want the caller's without packets", l)
	}
}

func TestZeroRetentionWritesNoRecords(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	folder, log := t.TempDir(), &buffer{more: make(chan struct{}, 1)}
	s := settings(t, folder, newReceiver(t))
	s.Records = 0
	n := startWith(t, s, slog.New(slog.NewJSONHandler(log, nil)))
	setUp(ctx, t, n.API, hookARN)
	call, err := phone.Dial(ctx, environment.Environment{}, phone.Config{Server: n.SIP[0], Metadata: true, Caller: phone.Party{AOR: "sip:ann@example.com"}, Callee: phone.Party{AOR: "sip:bob@example.com"}})
	must(t, err)
	must(t, call.Hangup(ctx))
	log.wait(ctx, t, `"call ended"`)
	if found, _ := filepath.Glob(filepath.Join(folder, "logs", "*")); len(found) != 0 {
		t.Errorf("got records %v, want none", found)
	}
}
