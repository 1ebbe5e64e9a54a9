package main

import (
	"bytes"
	"log/slog"
	"net"
	"path/filepath"
	"testing"
	"time"
)

func TestServiceManagerIsNotified(t *testing.T) {
	at := filepath.Join(t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: at, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = socket.Close() }()
	t.Setenv("NOTIFY_SOCKET", at)
	s := supervisor{slog.New(slog.DiscardHandler)}
	for want, notify := range map[string]func(){
		"READY=1": s.ready,
		"STOPPING=1\nEXTEND_TIMEOUT_USEC=90000000": func() { s.stopping(time.Minute) },
	} {
		notify()
		state := make([]byte, 1000)
		n, err := socket.Read(state)
		if err != nil || string(state[:n]) != want {
			t.Errorf("got %q, %v, want %q", state[:n], err, want)
		}
	}
}

func TestWithoutAServiceManagerNobodyIsNotified(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	var log bytes.Buffer
	supervisor{slog.New(slog.NewTextHandler(&log, nil))}.ready()
	if log.Len() != 0 {
		t.Errorf("got the log %q, want none", log.String())
	}
}
