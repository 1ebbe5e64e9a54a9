package kinesis_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"timbre"
	"timbre/notify"
	"timbre/notify/aws/awstest"
	"timbre/notify/kinesis"
	"timbre/notify/notifytest"
)

const calls = "arn:aws:kinesis:eu-central-1:111122223333:stream/calls"

type record struct {
	PartitionKey string
	Data         []byte
}

// streams is a fake of Kinesis that speaks its JSON protocol as far as the sink needs it.
type streams struct {
	mu       sync.Mutex
	records  []record
	requests []string // their operations
	reject   string   // the code of an error that the second record of each batch meets
	deny     string   // an operation that is not permitted
}

func (f *streams) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "Kinesis_20131202.")
	f.requests = append(f.requests, operation)
	var in struct {
		record
		StreamARN string
		Records   []record
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	switch {
	case f.deny != "" && strings.HasPrefix(operation, f.deny):
		awstest.JSON(w, http.StatusBadRequest, "AccessDeniedException", "not authorized to perform "+operation)
	case in.StreamARN != calls:
		awstest.JSON(w, http.StatusBadRequest, "ResourceNotFoundException", "Stream not found")
	case operation == "PutRecord":
		f.records = append(f.records, in.record)
		_ = json.NewEncoder(w).Encode(map[string]string{"ShardId": "s", "SequenceNumber": "1"})
	case operation == "PutRecords":
		_ = json.NewEncoder(w).Encode(f.batch(in.Records))
	default:
		http.Error(w, "no such operation", http.StatusNotFound)
	}
}

func (f *streams) batch(records []record) (out struct {
	FailedRecordCount int
	Records           []map[string]string
},
) {
	for i, r := range records {
		if i == 1 && f.reject != "" {
			out.FailedRecordCount++
			out.Records = append(out.Records, map[string]string{"ErrorCode": f.reject, "ErrorMessage": "slow down"})
			continue
		}
		f.records = append(f.records, r)
		out.Records = append(out.Records, map[string]string{"ShardId": "s", "SequenceNumber": "1"})
	}
	return out
}

func (f *streams) data() (data []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.records {
		data = append(data, string(r.Data))
	}
	return data
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
	f := &streams{}
	service := notifytest.NewService(t, f, awstest.RefuseJSON)
	return notifytest.Backend{
		Sink: kinesis.New(awstest.Account(t, service.URL)), Service: service, Target: calls, Unknown: strings.Replace(calls, "calls", "lost", 1),
		Received: f.data, MaxPayload: 1 << 20, Secrets: []string{awstest.Secret, awstest.Token},
	}
}

func service(t *testing.T) (*streams, *kinesis.Sink) {
	t.Helper()
	f := &streams{}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, kinesis.New(awstest.Account(t, server.URL))
}

func notices(count int) (all []timbre.Notice) {
	for i := range count {
		all = append(all, timbre.Notice{ID: fmt.Sprint(i), Key: fmt.Sprintf("task-%d", i), Target: calls, Payload: fmt.Appendf(nil, "%d", i)})
	}
	return all
}

func TestPartitionKeyIsTheTask(t *testing.T) {
	f, s := service(t)
	if err := s.Send(t.Context(), notices(1)[0]); err != nil {
		t.Fatal(err)
	}
	for _, err := range s.SendBatch(t.Context(), notices(2)) {
		if err != nil {
			t.Fatal(err)
		}
	}
	var keys []string
	for _, r := range f.records {
		keys = append(keys, r.PartitionKey)
	}
	if want := []string{"task-0", "task-0", "task-1"}; !slices.Equal(keys, want) {
		t.Errorf("got partition keys %q, want %q", keys, want)
	}
}

func TestOneRecordOfABatchFailsAlone(t *testing.T) {
	f, s := service(t)
	for _, code := range []string{"ProvisionedThroughputExceededException", "InternalFailure"} {
		t.Run(code, func(t *testing.T) {
			f.reject = code
			errs := s.SendBatch(t.Context(), notices(3))
			if errs[0] != nil || errs[2] != nil || errs[1] == nil || notify.FailureOf(errs[1]).Kind != notify.ForNow || !strings.Contains(errs[1].Error(), code) {
				t.Errorf("got %v, want that the second alone fails for now", errs)
			}
		})
	}
}

func TestRoleThatMayPutOneRecordIsEnough(t *testing.T) {
	f, s := service(t)
	f.deny = "PutRecords"
	for _, err := range s.SendBatch(t.Context(), notices(3)) {
		if err != nil {
			t.Error(err)
		}
	}
	if got := f.data(); !slices.Equal(got, []string{"0", "1", "2"}) {
		t.Errorf("got records %q, want all three", got)
	}
}

func TestRoleThatMayPutNothingIsAskedTwice(t *testing.T) {
	f, s := service(t)
	f.deny = "Put"
	for _, err := range s.SendBatch(t.Context(), notices(3)) {
		if err == nil || notify.FailureOf(err).Kind != notify.ForNow || !strings.Contains(err.Error(), "access denied") {
			t.Errorf("got %v, want that access is denied", err)
		}
	}
	if len(f.requests) != 2 {
		t.Errorf("got requests %q, want two", f.requests)
	}
}
