package test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// record holds the fields of a call's record that the tests check.
type record struct {
	TransactionID string `json:"TransactionId"`
	Connector     string `json:"VoiceConnectorId"`
	SchemaVersion string
	Status        string
	StatusMessage string
	Legs          []struct {
		Side, Codec   string
		Packets, Lost *uint64
		LossPercent   float64
		Mos           float64
	}
	Warnings []string
}

// recordOf reads the stream record of a call, which must be its only record. It waits for it: a call that was live in a crash is ended
// after the start.
func recordOf(t *testing.T, folder, transaction string) (r record) {
	t.Helper()
	var found []string
	every := time.NewTicker(20 * time.Millisecond)
	defer every.Stop()
	for late := time.After(10 * time.Second); len(found) == 0; {
		select {
		case <-every.C:
			found, _ = filepath.Glob(filepath.Join(folder, "logs", "Amazon-Chime-Voice-Connector-?DRs", "json", "*", "*", "*", "*", "*_"+transaction))
		case <-late:
			t.Fatalf("got no record of %s in 10 s, want one", transaction)
		}
	}
	if len(found) != 1 || !strings.Contains(found[0], "-SDRs") {
		t.Fatalf("got records %v of %s, want one stream record", found, transaction)
	}
	return readRecord(t, found[0])
}

func readRecord(t *testing.T, name string) (r record) {
	t.Helper()
	b, err := os.ReadFile(name)
	must(t, err)
	must(t, json.Unmarshal(b, &r))
	return r
}

// checkOutcome fails the test unless a record has a status and its message.
func checkOutcome(t *testing.T, r record, status, message string) {
	t.Helper()
	if r.Status != status || r.StatusMessage != message {
		t.Errorf("got status %s (%s), want %s (%s)", r.Status, r.StatusMessage, status, message)
	}
}
