package logbook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
)

type streams map[string]timbre.Streaming

func (s streams) Streaming(_ context.Context, id string) (timbre.Streaming, error) {
	if c, ok := s[id]; ok {
		return c, nil
	}
	if id == "broken" {
		return timbre.Streaming{}, errors.New("the store is gone")
	}
	return timbre.Streaming{}, timbre.Errorf(timbre.NotFound, "", "no streaming")
}

func records(t *testing.T, s streams) (*Records, string, *bytes.Buffer) {
	t.Helper()
	log, folder := &bytes.Buffer{}, filepath.Join(t.TempDir(), "lo[gs") // must not act as a glob pattern
	return NewRecords(environment.Environment{
		Account: "111122223333", Region: "eu-central-1",
		Log: slog.New(slog.NewTextHandler(log, nil)), Metrics: prometheus.NewRegistry(),
	}, RecordsConfig{Folder: folder}, s), folder, log
}

// ended is a call of 61.5 seconds.
func ended(connectorID string, bridged bool) timbre.Call {
	at := time.Date(2026, 11, 25, 9, 5, 7, 42_000_000, time.FixedZone("", 2*3600))
	return timbre.Call{
		TransactionID: "tx", ConnectorID: connectorID, CallID: "a84b@pbx", Direction: "Outbound", Bridged: bridged,
		Headers: map[string]string{"from": `"North Campus" <sip:+12065550100@pbx>;tag=1`, "to": "<sip:+13605550199@timbre>", "authorization": `Digest username="pbx"`}, From: "+12065550100",
		To: "+13605550199", Warnings: []string{"m-line 1: unknown party"}, Started: at, Ended: at.Add(61500 * time.Millisecond), Lasted: 61500 * time.Millisecond,
		Legs: []timbre.Leg{{Side: timbre.Caller, Label: "1", Party: "sip:ann@example.com", StreamARN: "arn:1"}, {Side: timbre.Mixed, Index: 1, StreamARN: "arn:2"}},
	}
}

var receptions = []*timbre.Reception{{Codec: "PCMU", Packets: 950, Lost: 50, Jitter: 3456789}, nil}

const legs = `"Legs":[{"Side":"caller","Label":"1","Party":"sip:ann@example.com","StreamArn":"arn:1","Codec":"PCMU","Packets":950,"Lost":50,
	"LossPercent":5,"Late":0,"Duplicates":0,"Dropped":0,"JitterMs":3.457,"Mos":3.92},{"Side":"mixed","StreamArn":"arn:2"}],"Warnings":["m-line 1: unknown party"]`

const common = `"AwsAccountId":"111122223333","TransactionId":"tx","CallId":"a84b@pbx","VoiceConnectorId":%q,"Status":%q,"StatusMessage":%q,
	"BillableDurationSeconds":62,"StartTimeEpochSeconds":1795590307,"EndTimeEpochSeconds":1795590368,"Region":"eu-central-1",` + legs

// wantRecord reads the only record of a kind; empty want: there must be none.
func wantRecord(t *testing.T, folder, kind, connectorID, want string) {
	t.Helper()
	path := filepath.Join(folder, kind, "json", connectorID, "2026", "11", "25", "07.05.07.042_tx")
	b, err := os.ReadFile(path)
	if want == "" {
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: got %s, %v, want no record", path, b, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	var got, wanted map[string]any
	if err := errors.Join(json.Unmarshal(b, &got), json.Unmarshal([]byte("{"+want+"}"), &wanted)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, wanted) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, b, want)
	}
}

func TestRecordedCallHasAnSDRAndBridgedCallACDR(t *testing.T) {
	r, folder, _ := records(t, streams{"streams": {}, "disabled": {Disabled: true}})
	const (
		sdr = `"SchemaVersion":"1.0","ServiceCode":"AmazonChime","UsageType":"audio-streaming",` + common
		cdr = `"SchemaVersion":"2.0","ServiceCode":"AmazonChimeVoiceConnector","UsageType":"outbound-minutes","BillableDurationMinutes":1.1,
			"SourcePhoneNumber":"+12065550100","SourcePhoneNumberName":"North Campus","SourceCountry":"US","DestinationPhoneNumber":"+13605550199",
			"DestinationPhoneNumberName":"","DestinationCountry":"US","SipAuthUser":"pbx","Direction":"Outbound","Streaming":%v,` + common
	)
	for _, c := range []struct {
		connector, failure string
		bridged            bool
		status             string
		cdr, sdr           string // the status message; empty: no such record
	}{
		{"none", "", false, "Completed", "", "Streaming succeeded"},
		{"failing", "no media", false, "Failed", "", "no media"},
		{"disabled", "", true, "Completed", "OK", ""},
		{"streams", "", true, "Completed", "OK", "Streaming succeeded"},
		{"broken", "no media", true, "Failed", "no media", ""},
	} {
		t.Run(c.connector, func(t *testing.T) {
			call := ended(c.connector, c.bridged)
			call.Failure = c.failure
			r.Ended(call, receptions)
			var wantCDR, wantSDR string
			if c.cdr != "" {
				wantCDR = fmt.Sprintf(cdr, c.sdr != "", c.connector, c.status, c.cdr)
			}
			if c.sdr != "" {
				wantSDR = fmt.Sprintf(sdr, c.connector, c.status, c.sdr)
			}
			wantRecord(t, folder, callRecords, c.connector, wantCDR)
			wantRecord(t, folder, streamRecords, c.connector, wantSDR)
		})
	}
	unanalysed := ended("streams", true)
	unanalysed.TransactionID = "unanalysed"
	for i := range unanalysed.Legs {
		unanalysed.Legs[i].StreamARN = ""
	}
	if kinds := r.records(unanalysed, receptions, r.streamed(unanalysed)); len(kinds) != 1 || kinds[callRecords] == nil {
		t.Errorf("bridged call without streams: got records %v, want a CDR alone", kinds)
	}
	modes := map[string]bool{}
	err := filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		modes[info.Mode().String()] = true
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("got temporary file %s, want none", path)
		}
		return err
	})
	if err != nil || len(modes) != 2 || !modes["-rw-------"] || !modes["drwx------"] {
		t.Errorf("got modes %v, %v, want 0600 and 0700", modes, err)
	}
}

func TestRewrittenRecordReplacesTheFirst(t *testing.T) {
	r, folder, _ := records(t, nil)
	r.Ended(ended("c", false), receptions)
	again := ended("c", false)
	again.Failure, again.Ended = "the server stopped", again.Started.Add(-time.Second) // the clock was set back
	r.Ended(again, nil)
	all, _ := os.ReadDir(filepath.Join(folder, streamRecords, "json", "c", "2026", "11", "25"))
	if len(all) != 1 {
		t.Fatalf("got files %v, want one", all)
	}
	b, err := os.ReadFile(filepath.Join(folder, streamRecords, "json", "c", "2026", "11", "25", all[0].Name()))
	if err != nil || !strings.Contains(string(b), `"StatusMessage":"the server stopped"`) || !strings.Contains(string(b), `"BillableDurationSeconds":62,`) {
		t.Errorf("got %s, %v, want the second record", b, err)
	}
}

func TestFailedRecordIsCountedAndLoggedOnce(t *testing.T) {
	r, folder, log := records(t, nil)
	if err := os.WriteFile(folder, nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	for range 3 {
		r.Ended(ended("c", false), receptions)
	}
	if n := strings.Count(log.String(), "cannot write"); n != 1 || strings.Contains(log.String(), "2065550100") {
		t.Errorf("got %d log lines, want 1:\n%s", n, log)
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	r.Ended(ended("c", false), receptions)
	wantRecord(t, folder, streamRecords, "c", `"SchemaVersion":"1.0","ServiceCode":"AmazonChime","UsageType":"audio-streaming",`+
		fmt.Sprintf(common, "c", "Completed", "Streaming succeeded"))
	for outcome, want := range map[string]float64{"written": 1, "failed": 3} {
		if got := testutil.ToFloat64(r.written.WithLabelValues(outcome)); got != want {
			t.Errorf("%s: got %v, want %v", outcome, got, want)
		}
	}
}

func TestSweepDeletesExpiredDays(t *testing.T) {
	r, folder, _ := records(t, streams{"c": {}})
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	outlived := []environment.Span{{After: environment.Ever, Until: now.Add(-48 * time.Hour)}, {After: now.AddDate(10, 0, 0), Until: environment.Never}}
	if days, err := r.Sweep(func() []environment.Span { return outlived }); days != 0 || err != nil {
		t.Errorf("without records: got %d days, %v, want 0 and no error", days, err)
	}
	for _, ago := range []int{0, 1, 2, 3, 4, 400, -4000} {
		c := ended("c", true)
		c.Started = now.AddDate(0, 0, -ago)
		c.Ended = c.Started
		r.Ended(c, nil)
	}
	foreign := filepath.Join(folder, callRecords, "json", "c", "2020", "keep", "me")
	if err := os.MkdirAll(foreign, 0o700); err != nil {
		t.Fatal(err)
	}
	if days, err := r.Sweep(func() []environment.Span { return outlived }); days != 2*4 || err != nil {
		t.Errorf("got %d deleted days, %v, want 8", days, err)
	}
	for _, kind := range []string{callRecords, streamRecords} {
		left, _ := dayFolders(folder, kind)
		want := []string{"2026/02/28", "2026/03/01", "2026/03/02"}
		if kind == callRecords {
			want = append([]string{"2020/keep/me"}, want...)
		}
		if !slices.Equal(left, want) {
			t.Errorf("%s: got %v, want %v", kind, left, want)
		}
	}
}

func dayFolders(folder, kind string) (days []string, err error) {
	err = filepath.WalkDir(filepath.Join(folder, kind, "json", "c"), func(path string, e os.DirEntry, err error) error {
		rel, _ := filepath.Rel(filepath.Join(folder, kind, "json", "c"), path)
		if strings.Count(rel, string(filepath.Separator)) == 2 && e.IsDir() {
			days = append(days, filepath.ToSlash(rel))
		}
		return err
	})
	return days, err
}

func BenchmarkRecord(b *testing.B) {
	r := NewRecords(environment.Environment{}, RecordsConfig{Folder: b.TempDir()}, nil)
	for b.Loop() {
		r.Ended(ended("c", false), receptions)
	}
}
