package sns_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"timbre"
	"timbre/notify"
	"timbre/notify/aws"
	"timbre/notify/aws/awstest"
	"timbre/notify/notifytest"
	"timbre/notify/sns"
)

const calls = "arn:aws:sns:eu-central-1:111122223333:calls"

type message struct{ text, group, deduplication string }

// topics is a fake of SNS that speaks its query protocol as far as the sink needs it.
type topics struct {
	mu       sync.Mutex
	known    string
	messages []message
	regions  []string // of the signatures
	reject   string   // the code of an error that the second message of each batch meets
}

func (f *topics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if scope := strings.Split(r.Header.Get("Authorization"), "/"); len(scope) > 2 {
		f.regions = append(f.regions, scope[2])
	}
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if r.Form.Get("TopicArn") != f.known {
		awstest.XML(w, http.StatusNotFound, "NotFound", "Topic does not exist")
		return
	}
	switch r.Form.Get("Action") {
	case "Publish":
		f.take(r.Form, "")
		_, _ = fmt.Fprint(w, `<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>`)
	case "PublishBatch":
		_, _ = fmt.Fprintf(w, `<PublishBatchResponse><PublishBatchResult>%s</PublishBatchResult></PublishBatchResponse>`, f.batch(r.Form))
	default:
		awstest.XML(w, http.StatusBadRequest, "InvalidAction", "no such operation")
	}
}

func (f *topics) take(form url.Values, prefix string) {
	f.messages = append(f.messages, message{form.Get(prefix + "Message"), form.Get(prefix + "MessageGroupId"), form.Get(prefix + "MessageDeduplicationId")})
}

func (f *topics) batch(form url.Values) string {
	var done, failed strings.Builder
	for i := 1; ; i++ {
		prefix := fmt.Sprintf("PublishBatchRequestEntries.member.%d.", i)
		id := form.Get(prefix + "Id")
		switch {
		case id == "":
			return "<Successful>" + done.String() + "</Successful><Failed>" + failed.String() + "</Failed>"
		case i == 2 && f.reject != "":
			_, _ = fmt.Fprintf(&failed, "<member><Id>%s</Id><Code>%s</Code><Message>no</Message><SenderFault>true</SenderFault></member>", id, f.reject)
		default:
			f.take(form, prefix)
			_, _ = fmt.Fprintf(&done, "<member><Id>%s</Id><MessageId>m</MessageId></member>", id)
		}
	}
}

func (f *topics) texts() (texts []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.messages {
		texts = append(texts, m.text)
	}
	return texts
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
	f := &topics{known: calls}
	service := notifytest.NewService(t, f, awstest.RefuseXML)
	return notifytest.Backend{
		Sink: sns.New(awstest.Account(t, service.URL), sns.Config{}), Service: service, Target: calls, Unknown: strings.Replace(calls, "calls", "lost", 1),
		Received: f.texts, MaxPayload: 256 << 10, Secrets: []string{awstest.Secret, awstest.Token},
	}
}

// service starts a fake with one topic.
func service(t *testing.T, topic string) (*topics, *aws.Account) {
	t.Helper()
	f := &topics{known: topic}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, awstest.Account(t, server.URL)
}

func to(target, id string) timbre.Notice {
	return timbre.Notice{ID: id, Key: "k", Target: target, Payload: []byte(`{"id":"` + id + `"}`)}
}

func TestRequestsAreSignedForTheRegionOfTheTopic(t *testing.T) {
	f, account := service(t, calls)
	if err := sns.New(account, sns.Config{}).Send(t.Context(), to(calls, "Id-1")); err != nil || !slices.Equal(f.regions, []string{"eu-central-1"}) {
		t.Errorf("got %v, signed for %v, want eu-central-1", err, f.regions)
	}
}

func TestSettingWrapsTheEvent(t *testing.T) {
	f, account := service(t, calls)
	err := sns.New(account, sns.Config{Message: aws.Message{Records: true}}).Send(t.Context(), to(calls, "Id-1"))
	if want := []string{`{"Records":[{"id":"Id-1"}]}`}; err != nil || !slices.Equal(f.texts(), want) {
		t.Errorf("got %v and %q, want %q", err, f.texts(), want)
	}
}

func TestMessagesOfFIFOTopicsAreGroupedAndDeduplicated(t *testing.T) {
	f, account := service(t, calls+".fifo")
	s := sns.New(account, sns.Config{})
	one, another := to(calls+".fifo", "Id-1"), to(calls+".fifo", "Id-2")
	if err := cmp.Or(s.Send(t.Context(), one), cmp.Or(s.SendBatch(t.Context(), []timbre.Notice{one, another})...)); err != nil {
		t.Fatal(err)
	}
	want := []message{{`{"id":"Id-1"}`, "k", "Id-1"}, {`{"id":"Id-1"}`, "k", "Id-1"}, {`{"id":"Id-2"}`, "k", "Id-2"}}
	if !slices.Equal(f.messages, want) {
		t.Errorf("got %v, want %v", f.messages, want)
	}
}

func TestOneMessageOfABatchFailsAlone(t *testing.T) {
	f, account := service(t, calls)
	f.reject = "InvalidParameter"
	errs := sns.New(account, sns.Config{}).SendBatch(t.Context(), []timbre.Notice{to(calls, "Id-1"), to(calls, "Id-2"), to(calls, "Id-3")})
	if errs[0] != nil || errs[2] != nil || errs[1] == nil || notify.FailureOf(errs[1]).Kind != notify.Refused {
		t.Errorf("got %v, want that the second alone is refused", errs)
	}
}
