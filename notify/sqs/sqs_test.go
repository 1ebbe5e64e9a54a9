package sqs_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"timbre"
	"timbre/environment"
	"timbre/notify/sqs"
)

// maxBody is the largest payload that a message of 1 MiB holds.
const maxBody = 1<<20 - len(`{"Records":[]}`)

// queues is a fake of SQS that speaks its JSON protocol as far as the sink needs it.
type queues struct {
	mu       sync.Mutex
	at       string              // its URL
	messages map[string][]string // bodies by queue URL
	lookups  int
	regions  []string // of the signatures
}

func (q *queues) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var in struct{ QueueName, QueueOwnerAWSAccountId, QueueUrl, MessageBody string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if scope := strings.Split(r.Header.Get("Authorization"), "/"); len(scope) > 2 {
		q.regions = append(q.regions, scope[2])
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	switch r.Header.Get("X-Amz-Target") {
	case "AmazonSQS.GetQueueUrl":
		q.lookups++
		url := q.at + "/" + in.QueueOwnerAWSAccountId + "/" + in.QueueName
		if _, there := q.messages[url]; !there {
			missing(w)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"QueueUrl": url})
	case "AmazonSQS.SendMessage":
		if _, there := q.messages[in.QueueUrl]; !there {
			missing(w)
			return
		}
		if len(in.MessageBody) > 1<<20 {
			answerError(w, "com.amazonaws.sqs#InvalidMessageContents", "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.")
			return
		}
		q.messages[in.QueueUrl] = append(q.messages[in.QueueUrl], in.MessageBody)
		_ = json.NewEncoder(w).Encode(map[string]string{"MessageId": "m"})
	default:
		http.Error(w, "no such operation", http.StatusNotFound)
	}
}

func missing(w http.ResponseWriter) {
	w.Header().Set("X-Amzn-Query-Error", "AWS.SimpleQueueService.NonExistentQueue;Sender")
	answerError(w, "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
}

func answerError(w http.ResponseWriter, code, message string) {
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": message})
}

// service starts a fake with the queue calls of account 111122223333.
func service(t *testing.T) *queues {
	t.Helper()
	q := &queues{messages: map[string][]string{}}
	server := httptest.NewServer(q)
	t.Cleanup(server.Close)
	q.at = server.URL
	q.messages[q.at+"/111122223333/calls"] = nil
	settings(t)
	return q
}

// settings makes AWS settings that hold credentials alone.
func settings(t *testing.T) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_SQS": "", "AWS_ENDPOINT_URL": "", "AWS_REGION": "", "AWS_PROFILE": "",
		"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "topsecret", "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
}

func to(target string) timbre.Notice {
	return timbre.Notice{ID: "Id-1", Key: "k", Target: target, Payload: []byte(`{"id":"Id-1"}`)}
}

const calls = "arn:aws:sqs:eu-central-1:111122223333:calls"

func TestARNIsLookedUpOnce(t *testing.T) {
	q := service(t)
	t.Setenv("AWS_ENDPOINT_URL_SQS", q.at)
	s := sqs.New(environment.Environment{Region: "us-east-1"}, sqs.Config{})
	for range 2 {
		if err := s.Send(t.Context(), to(calls)); err != nil {
			t.Fatal(err)
		}
	}
	got := q.messages[q.at+"/111122223333/calls"]
	if len(got) != 2 || got[0] != `{"Records":[{"id":"Id-1"}]}` || q.lookups != 1 {
		t.Errorf("got messages %q after %d look-ups, want 2 after 1", got, q.lookups)
	}
	for _, r := range q.regions {
		if r != "eu-central-1" {
			t.Errorf("got a signature for %s, want eu-central-1", r)
		}
	}
}

func TestURLIsUsedAsEndpoint(t *testing.T) {
	q := service(t)
	if err := sqs.New(environment.Environment{Region: "us-east-1"}, sqs.Config{}).Send(t.Context(), to(q.at+"/111122223333/calls")); err != nil {
		t.Fatal(err)
	}
	if len(q.messages[q.at+"/111122223333/calls"]) != 1 || q.lookups != 0 || q.regions[0] != "us-east-1" {
		t.Errorf("got %v after %d look-ups, signed for %v", q.messages, q.lookups, q.regions)
	}
}

func TestEndpointOfTheSettingsOverridesTheURL(t *testing.T) {
	q := service(t)
	t.Setenv("AWS_ENDPOINT_URL_SQS", q.at)
	url := "https://sqs.eu-west-3.amazonaws.com/111122223333/calls"
	q.messages[url] = nil
	if err := sqs.New(environment.Environment{Region: "us-east-1"}, sqs.Config{}).Send(t.Context(), to(url)); err != nil {
		t.Fatal(err)
	}
	if len(q.messages[url]) != 1 || q.regions[0] != "eu-west-3" {
		t.Errorf("got %v, signed for %v", q.messages, q.regions)
	}
}

func TestDeletedQueueIsLookedUpAgain(t *testing.T) {
	q := service(t)
	t.Setenv("AWS_ENDPOINT_URL_SQS", q.at)
	s := sqs.New(environment.Environment{Region: "us-east-1"}, sqs.Config{})
	url := q.at + "/111122223333/calls"
	if err := s.Send(t.Context(), to(calls)); err != nil {
		t.Fatal(err)
	}
	delete(q.messages, url)
	for range 2 {
		if err := s.Send(t.Context(), to(calls)); timbre.KindOf(err) != timbre.Unavailable || !strings.Contains(err.Error(), calls) {
			t.Errorf("got %v", err)
		}
	}
	q.messages[url] = nil
	if err := s.Send(t.Context(), to(calls)); err != nil || q.lookups != 3 {
		t.Errorf("got %v after %d look-ups, want no error after 3", err, q.lookups)
	}
}

func TestMalformedTargetIsAnError(t *testing.T) {
	service(t)
	for _, target := range []string{"arn:aws:sqs", "http://[", ""} {
		t.Run(target, func(t *testing.T) {
			if err := sqs.New(environment.Environment{Region: "us-east-1"}, sqs.Config{}).Send(t.Context(), to(target)); err == nil {
				t.Errorf("%q: got no error, want one", target)
			}
		})
	}
}
