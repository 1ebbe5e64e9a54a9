package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/store/sqlite"
)

func TestSecondServerIsRefusedUntilTheFirstCloses(t *testing.T) {
	path, v := filepath.Join(t.TempDir(), "timbre.db"), keys(t)
	first, err := sqlite.Open(t.Context(), path, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.CreateConnector(t.Context(), timbre.Connector{ID: "c"}); err != nil {
		t.Fatal(err)
	}
	want := "the database " + path + " is in use by another server"
	if _, err := sqlite.Open(t.Context(), path, v, nil); err == nil || err.Error() != want {
		t.Errorf("second server: got error %v, want %q", err, want)
	}
	if _, err := sqlite.OpenStopped(t.Context(), path, v, nil); err == nil || err.Error() != want || timbre.KindOf(err) != timbre.Unavailable {
		t.Errorf("a tool: got error %v, want %q", err, want)
	}
	if _, err := first.Connector(t.Context(), "c"); err != nil {
		t.Errorf("first server afterwards: got error %v, want none", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := sqlite.Open(t.Context(), path, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestStartWaitsForTheServerBefore(t *testing.T) {
	path, v := filepath.Join(t.TempDir(), "timbre.db"), keys(t)
	first, err := sqlite.Open(t.Context(), path, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), path, v, nil, 100*time.Millisecond); err == nil || !strings.Contains(err.Error(), "has not ended within 100ms") {
		t.Errorf("the server before goes on: got error %v, want one that says how long it was waited for", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sqlite.Open(ctx, path, v, nil, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: got error %v, want %v", err, context.Canceled)
	}
	opened := make(chan error, 1)
	go func() {
		second, err := sqlite.Open(t.Context(), path, v, nil, time.Hour)
		if err == nil {
			err = second.Close()
		}
		opened <- err
	}()
	select {
	case err := <-opened:
		t.Fatalf("got %v while the first server runs, want a wait", err)
	case <-time.After(100 * time.Millisecond):
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
}
