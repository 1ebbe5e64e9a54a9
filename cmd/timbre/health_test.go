package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealthIsWhatTheServerAnswers(t *testing.T) {
	ready := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" && !ready {
			http.Error(w, "the server drains", http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	line := func(args ...string) error {
		parsed, err := newParser(&commands{}).Parse(append([]string{"health", "--admin", server.URL}, args...))
		if err != nil {
			t.Fatal(err)
		}
		return parsed.Run()
	}
	if err := line(); err != nil {
		t.Errorf("got %v of a server that is ready, want no error", err)
	}
	ready = false
	if err := line(); err == nil || !strings.Contains(err.Error(), "503") || !strings.Contains(err.Error(), "the server drains") {
		t.Errorf("got %v of a server that drains, want the status and the reason", err)
	}
	if err := line("--alive"); err != nil {
		t.Errorf("got %v of a server that runs, want no error", err)
	}
	server.Close()
	if err := line("--alive"); err == nil {
		t.Error("got no error of a server that does not run")
	}
}
