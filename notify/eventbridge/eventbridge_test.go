package eventbridge_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"timbre"
	"timbre/notify"
	"timbre/notify/aws/awstest"
	"timbre/notify/eventbridge"
	"timbre/notify/notifytest"
)

const bus = "arn:aws:events:eu-central-1:111122223333:event-bus/default"

type entry struct {
	EventBusName, DetailType, Source, Detail string
	Time                                     float64
	Resources                                []string
}

// buses is a fake of EventBridge that speaks its JSON protocol as far as the sink needs it.
type buses struct {
	mu       sync.Mutex
	entries  []entry
	reserved bool   // sources that begin with "aws." are, as in AWS
	reject   string // the code of an error that the second entry of each batch meets
}

func (f *buses) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var in struct{ Entries []entry }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" {
		http.Error(w, "not PutEvents", http.StatusBadRequest)
		return
	}
	var out struct {
		FailedEntryCount int
		Entries          []map[string]string
	}
	for i, e := range in.Entries {
		code := ""
		switch {
		case e.EventBusName != bus:
			awstest.JSON(w, http.StatusBadRequest, "ResourceNotFoundException", "Event bus does not exist.")
			return
		case f.reserved && strings.HasPrefix(e.Source, "aws."):
			code = "NotAuthorizedForSourceException"
		case i == 1:
			code = f.reject
		}
		if code != "" {
			out.FailedEntryCount++
			out.Entries = append(out.Entries, map[string]string{"ErrorCode": code, "ErrorMessage": "no"})
			continue
		}
		f.entries = append(f.entries, e)
		out.Entries = append(out.Entries, map[string]string{"EventId": "e"})
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (f *buses) details() (details []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.entries {
		details = append(details, e.Detail)
	}
	return details
}

// event is one with a detail.
func event(detail string) []byte {
	return []byte(`{"version":"0","id":"Id-1","detail-type":"VoiceAnalyticsStatus","source":"aws.chime","account":"111122223333",` +
		`"time":"2026-01-02T03:04:05.678901Z","region":"us-east-1","resources":["arn:aws:chime:us-east-1:111122223333:vc/a"],"detail":` + detail + `}`)
}

func TestSinkKeepsItsPromises(t *testing.T) {
	notifytest.Run(t, func(t *testing.T) notifytest.Backend { return backend(t) })
}

func BenchmarkSink(b *testing.B) {
	notifytest.Benchmark(b, func(b *testing.B) notifytest.Backend { return backend(b) })
}

// backend is a sink with a fake behind it.
func backend(t testing.TB) notifytest.Backend {
	t.Helper()
	f := &buses{}
	service := notifytest.NewService(t, f, awstest.RefuseJSON)
	return notifytest.Backend{
		Sink: eventbridge.New(awstest.Account(t, service.URL), eventbridge.Config{}), Service: service, Payload: event,
		Target: bus, Unknown: strings.Replace(bus, "default", "lost", 1),
		Received: f.details, MaxPayload: 1 << 20, Secrets: []string{awstest.Secret, awstest.Token},
	}
}

// open starts a fake. The events get a source if it is not empty.
func open(t *testing.T, source string) (*buses, *eventbridge.Sink) {
	t.Helper()
	f := &buses{}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, eventbridge.New(awstest.Account(t, server.URL), eventbridge.Config{Source: source})
}

func notice(detail string) timbre.Notice {
	return timbre.Notice{ID: "Id-1", Target: bus, Payload: event(detail)}
}

func TestEntryIsMadeOfTheEvent(t *testing.T) {
	f, s := open(t, "")
	if err := s.Send(t.Context(), notice(`{"taskId":"t","score":0.50}`)); err != nil {
		t.Fatal(err)
	}
	e := f.entries[0]
	if e.DetailType != "VoiceAnalyticsStatus" || e.Source != "aws.chime" || e.Detail != `{"taskId":"t","score":0.50}` ||
		int64(e.Time) != 1767323045 || !slices.Equal(e.Resources, []string{"arn:aws:chime:us-east-1:111122223333:vc/a"}) {
		t.Errorf("got %+v", e)
	}
}

func TestReservedSourceIsNamedAndCanBeSet(t *testing.T) {
	f, s := open(t, "")
	f.reserved = true
	err := s.Send(t.Context(), notice(`{}`))
	if notify.FailureOf(err).Kind != notify.ForNow || !strings.Contains(err.Error(), "aws.event_source") {
		t.Errorf("got %v, want that the setting is named", err)
	}
	f, s = open(t, "timbre.voice")
	f.reserved = true
	if err := s.Send(t.Context(), notice(`{}`)); err != nil || f.entries[0].Source != "timbre.voice" {
		t.Errorf("got %v and %+v, want the source of the settings", err, f.entries)
	}
}

func TestOneEntryOfABatchFailsAlone(t *testing.T) {
	f, s := open(t, "")
	for code, kind := range map[string]notify.FailureKind{
		"ThrottlingException": notify.ForNow, "InternalFailure": notify.ForNow, "MalformedDetail": notify.Refused,
	} {
		t.Run(code, func(t *testing.T) {
			f.reject = code
			errs := s.SendBatch(t.Context(), []timbre.Notice{notice(`{"n":1}`), notice(`{"n":2}`), notice(`{"n":3}`)})
			if errs[0] != nil || errs[2] != nil || errs[1] == nil || notify.FailureOf(errs[1]).Kind != kind || !strings.Contains(errs[1].Error(), code) {
				t.Errorf("got %v, want that the second alone fails", errs)
			}
		})
	}
}

func TestPayloadThatIsNoEventIsRefusedAlone(t *testing.T) {
	f, s := open(t, "")
	errs := s.SendBatch(t.Context(), []timbre.Notice{{ID: "Id-1", Target: bus, Payload: []byte("[")}, notice(`{"n":2}`)})
	if errs[1] != nil || notify.FailureOf(errs[0]).Kind != notify.Refused || !slices.Equal(f.details(), []string{`{"n":2}`}) {
		t.Errorf("got %v and %q, want the second event alone", errs, f.details())
	}
}
