package logbook

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRecordsAreBroughtToTheDiskOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, log := records(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); r.Run(ctx) }()
		for range 2 {
			r.Ended(ended("c1", false), receptions)
			if !r.unsynced.Load() {
				t.Error("got nothing to bring to the disk after a record was written")
			}
			<-time.After(syncEvery + time.Millisecond)
			synctest.Wait()
			if r.unsynced.Load() {
				t.Errorf("got records that are not on the disk after a second:\n%s", log)
			}
		}
		cancel()
		<-done
	})
}

func TestRecordsThatDoNotReachTheDiskAreTriedAgain(t *testing.T) {
	r, folder, log := records(t, nil)
	r.Ended(ended("c1", false), receptions)
	if err := os.Rename(folder, folder+" away"); err != nil {
		t.Fatal(err)
	}
	r.Sync()
	r.Sync()
	if n := strings.Count(log.String(), "cannot bring call records to the disk"); n != 1 || !r.unsynced.Load() {
		t.Errorf("got %d lines of log, and synced %v, want 1 and no:\n%s", n, !r.unsynced.Load(), log)
	}
	if err := os.Rename(folder+" away", folder); err != nil {
		t.Fatal(err)
	}
	if r.Sync(); r.unsynced.Load() || !strings.Contains(log.String(), "call records reach the disk again") {
		t.Errorf("got no word that they reach the disk again:\n%s", log)
	}
}
