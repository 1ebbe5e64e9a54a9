package sqs_test

import (
	"crypto/md5"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"timbre"
	"timbre/notify"
	"timbre/notify/aws"
	"timbre/notify/aws/awstest"
	"timbre/notify/sqs"
)

const (
	calls   = "arn:aws:sqs:eu-central-1:111122223333:calls"
	maxBody = 1 << 20
)

type message struct{ Id, MessageBody, MessageGroupId, MessageDeduplicationId string }

// queues is a fake of SQS that speaks its JSON protocol as far as the sink needs it.
type queues struct {
	mu       sync.Mutex
	at       string // its URL
	messages map[string][]message
	lookups  int
	regions  []string // of the signatures
	reject   string   // the code of an error that the second message of each batch meets
}

func (q *queues) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var in struct {
		message
		QueueName, QueueOwnerAWSAccountId, QueueUrl string
		Entries                                     []message
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if scope := strings.Split(r.Header.Get("Authorization"), "/"); len(scope) > 2 {
		q.regions = append(q.regions, scope[2])
	}
	operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AmazonSQS.")
	if operation == "GetQueueUrl" {
		q.lookups++
		in.QueueUrl = q.at + "/" + in.QueueOwnerAWSAccountId + "/" + in.QueueName
	}
	if _, there := q.messages[in.QueueUrl]; !there {
		w.Header().Set("X-Amzn-Query-Error", "AWS.SimpleQueueService.NonExistentQueue;Sender")
		awstest.JSON(w, http.StatusBadRequest, "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
		return
	}
	switch operation {
	case "GetQueueUrl":
		_ = json.NewEncoder(w).Encode(map[string]string{"QueueUrl": in.QueueUrl})
	case "SendMessage":
		q.messages[in.QueueUrl] = append(q.messages[in.QueueUrl], in.message)
		_ = json.NewEncoder(w).Encode(map[string]string{"MessageId": "m"})
	case "SendMessageBatch":
		_ = json.NewEncoder(w).Encode(q.batch(in.QueueUrl, in.Entries))
	default:
		http.Error(w, "no such operation", http.StatusNotFound)
	}
}

func (q *queues) batch(url string, entries []message) (out struct{ Successful, Failed []map[string]any }) {
	for i, m := range entries {
		if i == 1 && q.reject != "" {
			out.Failed = append(out.Failed, map[string]any{"Id": m.Id, "Code": q.reject, "Message": "no", "SenderFault": true})
			continue
		}
		q.messages[url] = append(q.messages[url], m)
		out.Successful = append(out.Successful, map[string]any{"Id": m.Id, "MessageId": "m", "MD5OfMessageBody": fmt.Sprintf("%x", md5.Sum([]byte(m.MessageBody)))}) // the SDK compares it
	}
	return out
}

// bodies returns those of the messages of a queue.
func (q *queues) bodies(url string) (bodies []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, m := range q.messages[url] {
		bodies = append(bodies, m.MessageBody)
	}
	return bodies
}

// service starts a fake with the queue calls of account 111122223333. The settings name it as endpoint.
func service(t *testing.T) (*queues, *aws.Account) {
	t.Helper()
	q := &queues{messages: map[string][]message{}}
	server := httptest.NewServer(q)
	t.Cleanup(server.Close)
	q.at = server.URL
	q.messages[q.at+"/111122223333/calls"] = nil
	return q, awstest.Account(t, q.at)
}

func to(target string) timbre.Notice {
	return timbre.Notice{ID: "Id-1", Key: "k", Target: target, Payload: []byte(`{"id":"Id-1"}`)}
}

func TestARNsAreLookedUpOnce(t *testing.T) {
	q, account := service(t)
	s := sqs.New(account, sqs.Config{})
	for range 2 {
		if err := s.Send(t.Context(), to(calls)); err != nil {
			t.Fatal(err)
		}
	}
	got := q.messages[q.at+"/111122223333/calls"]
	if len(got) != 2 || got[0] != (message{MessageBody: `{"id":"Id-1"}`}) || q.lookups != 1 {
		t.Errorf("got messages %q after %d look-ups, want 2 after 1", got, q.lookups)
	}
	for _, r := range q.regions {
		if r != "eu-central-1" {
			t.Errorf("got a signature for %s, want eu-central-1", r)
		}
	}
}

func TestURLIsUsedAsEndpoint(t *testing.T) {
	q, _ := service(t)
	if err := sqs.New(awstest.Account(t, ""), sqs.Config{}).Send(t.Context(), to(q.at+"/111122223333/calls")); err != nil {
		t.Fatal(err)
	}
	if len(q.messages[q.at+"/111122223333/calls"]) != 1 || q.lookups != 0 || q.regions[0] != "us-east-1" {
		t.Errorf("got %v after %d look-ups, signed for %v", q.messages, q.lookups, q.regions)
	}
}

func TestEndpointOfTheSettingsOverridesTheURL(t *testing.T) {
	q, account := service(t)
	url := "https://sqs.eu-west-3.amazonaws.com/111122223333/calls"
	q.messages[url] = nil
	if err := sqs.New(account, sqs.Config{}).Send(t.Context(), to(url)); err != nil {
		t.Fatal(err)
	}
	if len(q.messages[url]) != 1 || q.regions[0] != "eu-west-3" {
		t.Errorf("got %v, signed for %v", q.messages, q.regions)
	}
}

func TestDeletedQueueIsLookedUpAgain(t *testing.T) {
	q, account := service(t)
	s := sqs.New(account, sqs.Config{})
	url := q.at + "/111122223333/calls"
	if err := s.Send(t.Context(), to(calls)); err != nil {
		t.Fatal(err)
	}
	delete(q.messages, url)
	for range 2 {
		err := s.Send(t.Context(), to(calls))
		if notify.FailureOf(err).Kind != notify.Refused || !strings.Contains(err.Error(), calls) || !strings.Contains(err.Error(), "no such queue") {
			t.Errorf("got %v, want that there is no such queue", err)
		}
	}
	q.messages[url] = nil
	if err := s.Send(t.Context(), to(calls)); err != nil || q.lookups != 3 {
		t.Errorf("got %v after %d look-ups, want no error after 3", err, q.lookups)
	}
}

func TestSettingWrapsTheEvent(t *testing.T) {
	q, account := service(t)
	if err := sqs.New(account, sqs.Config{Message: aws.Message{Records: true}}).Send(t.Context(), to(calls)); err != nil {
		t.Fatal(err)
	}
	if got := q.bodies(q.at + "/111122223333/calls"); !slices.Equal(got, []string{`{"Records":[{"id":"Id-1"}]}`}) {
		t.Errorf("got %q, want the event in Records", got)
	}
}

func TestMessagesOfFIFOQueuesAreGroupedAndDeduplicated(t *testing.T) {
	q, account := service(t)
	url := q.at + "/111122223333/calls.fifo"
	q.messages[url] = nil
	s := sqs.New(account, sqs.Config{})
	one, another := to(calls+".fifo"), to(calls+".fifo")
	another.ID, another.Key = "Id-2", "k2"
	if err := s.Send(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	for _, err := range s.SendBatch(t.Context(), []timbre.Notice{one, another}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []message{
		{MessageBody: `{"id":"Id-1"}`, MessageGroupId: "k", MessageDeduplicationId: "Id-1"},
		{Id: "0", MessageBody: `{"id":"Id-1"}`, MessageGroupId: "k", MessageDeduplicationId: "Id-1"},
		{Id: "1", MessageBody: `{"id":"Id-1"}`, MessageGroupId: "k2", MessageDeduplicationId: "Id-2"},
	}
	if got := q.messages[url]; !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestOneMessageOfABatchFailsAlone(t *testing.T) {
	for code, kind := range map[string]notify.FailureKind{"InvalidMessageContents": notify.Refused, "RequestThrottled": notify.ForNow} {
		t.Run(code, func(t *testing.T) {
			q, account := service(t)
			q.reject = code
			errs := sqs.New(account, sqs.Config{}).SendBatch(t.Context(), slices.Repeat([]timbre.Notice{to(calls)}, 3))
			if errs[0] != nil || errs[2] != nil || errs[1] == nil || notify.FailureOf(errs[1]).Kind != kind || !strings.Contains(errs[1].Error(), code) {
				t.Errorf("got %v, want an error of kind %d for the second alone", errs, kind)
			}
			if got := len(q.bodies(q.at + "/111122223333/calls")); got != 2 {
				t.Errorf("got %d messages, want 2", got)
			}
		})
	}
}

func TestMalformedTargetIsRefused(t *testing.T) {
	q, account := service(t)
	for _, target := range []string{
		"arn:aws:sqs", "http://[", "", "arn:aws:sqs:eu-central-1.evil.example:111122223333:calls", "arn:aws:sqs:evil.example/x:111122223333:q",
		"arn:aws:sqs:eu-central-1:1:calls", "arn:aws:sqs:eu-central-1:111122223333:",
	} {
		t.Run(target, func(t *testing.T) {
			if err := sqs.New(account, sqs.Config{}).Send(t.Context(), to(target)); notify.FailureOf(err).Kind != notify.Refused {
				t.Errorf("%q: got %v, want that it is refused", target, err)
			}
		})
	}
	if q.lookups > 0 || len(q.regions) > 0 {
		t.Errorf("got requests for %v", slices.Collect(maps.Keys(q.messages)))
	}
}
