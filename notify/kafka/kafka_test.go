package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/notify/kafka"
	"timbre/notify/kafka/kafkatest"
)

const calls = "arn:timbre:kafka:us-east-1:000000000000:calls"

func open(t testing.TB, cfg kafka.Config) *kafka.Sink {
	t.Helper()
	s, err := kafka.New(environment.Environment{}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func notice(id, key string) timbre.Notice {
	return timbre.Notice{ID: id, Key: key, Target: calls, Payload: fmt.Appendf(nil, `{"id":%q}`, id)}
}

func TestBatchArrivesInTheOrderOfItsKeys(t *testing.T) {
	c := kafkatest.New(t)
	s := open(t, kafka.Config{Brokers: c.ListenAddrs()})
	size, _ := s.Batch()
	var notices []timbre.Notice
	want := map[string][]string{}
	for i := range size {
		n := notice(fmt.Sprintf("Id-%03d", i), fmt.Sprintf("task-%d", i%7))
		notices, want[n.Key] = append(notices, n), append(want[n.Key], string(n.Payload))
	}
	for _, err := range s.SendBatch(t.Context(), notices) {
		if err != nil {
			t.Fatal(err)
		}
	}
	got := kafkatest.Received(t, c, size)
	for key := range want {
		if !slices.Equal(got[key], want[key]) {
			t.Errorf("key %s: got %v, want %v", key, got[key], want[key])
		}
	}
}

func TestFailuresHaveTheirKinds(t *testing.T) {
	for code, want := range map[*kerr.Error]notify.FailureKind{
		kerr.NotEnoughReplicas:        notify.ForNow,
		kerr.TopicAuthorizationFailed: notify.ForNow,
		kerr.PolicyViolation:          notify.Refused,
		kerr.InvalidRecord:            notify.Refused,
	} {
		t.Run(code.Message, func(t *testing.T) {
			c := kafkatest.New(t)
			c.ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
				c.KeepControl()
				return refusal(r.(*kmsg.ProduceRequest), code.Code), nil, true
			})
			err := open(t, kafka.Config{Brokers: c.ListenAddrs()}).Send(t.Context(), notice("Id-1", "task"))
			if got := notify.FailureOf(err).Kind; err == nil || got != want || !strings.Contains(err.Error(), "calls") || !errors.Is(err, code) {
				t.Errorf("got %v of kind %d, want %v of kind %d, and the topic", err, got, code, want)
			}
		})
	}
}

// refusal answers each partition of a request with an error.
func refusal(r *kmsg.ProduceRequest, code int16) kmsg.Response {
	answer := r.ResponseKind().(*kmsg.ProduceResponse)
	for _, topic := range r.Topics {
		of := kmsg.NewProduceResponseTopic()
		of.Topic = topic.Topic
		for _, p := range topic.Partitions {
			part := kmsg.NewProduceResponseTopicPartition()
			part.Partition, part.ErrorCode = p.Partition, code
			of.Partitions = append(of.Partitions, part)
		}
		answer.Topics = append(answer.Topics, of)
	}
	return answer
}

func TestRefusesUnknownTopicAndLargeRecord(t *testing.T) {
	c := kafkatest.New(t)
	s := open(t, kafka.Config{Brokers: c.ListenAddrs()})
	lost, large := notice("Id-1", "task"), notice("Id-2", "task")
	lost.Target = strings.Replace(calls, ":calls", ":lost", 1)
	large.Payload = fmt.Appendf(nil, `{"id":"%02000000d"}`, 0)
	errs := append([]error{s.Send(t.Context(), lost)}, s.SendBatch(t.Context(), []timbre.Notice{large, notice("Id-3", "other")})...)
	for i, name := range []string{"lost", "calls"} {
		if got := notify.FailureOf(errs[i]); errs[i] == nil || got.Kind != notify.Refused || !strings.Contains(errs[i].Error(), name) {
			t.Errorf("got %v, want a refusal that names %s", errs[i], name)
		}
	}
	if errs[2] != nil {
		t.Errorf("beside two that are refused: got %v, want no error", errs[2])
	}
}

func TestHangingBrokerEndsWithTheAttempt(t *testing.T) {
	c := kafkatest.New(t)
	var asked atomic.Bool
	hanging, give := context.WithCancel(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		c.DropControl()
		asked.Store(true)
		cancel()
		<-hanging.Done()
		return nil, errors.New("gone"), true
	})
	s := open(t, kafka.Config{Brokers: c.ListenAddrs()})
	err := s.Send(ctx, notice("Id-1", "task"))
	give()
	if got := notify.FailureOf(err); err == nil || got.Kind != notify.ForNow || !errors.Is(err, context.Canceled) || !asked.Load() {
		t.Errorf("got %v, want a failure for now by the end of the context", err)
	}
	if err := s.Send(t.Context(), notice("Id-2", "task")); err != nil {
		t.Errorf("next attempt: got %v, want no error", err)
	}
}

func TestUnreachableBrokersAreAFailureForNow(t *testing.T) {
	c := kafkatest.New(t)
	at := c.ListenAddrs()
	c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	err := open(t, kafka.Config{Brokers: at}).Send(ctx, notice("Id-1", "task"))
	if err == nil || notify.FailureOf(err).Kind != notify.ForNow {
		t.Errorf("got %v, want a failure for now", err)
	}
}

func TestSASL(t *testing.T) {
	for mechanism, name := range map[string]string{"plain": "PLAIN", "scram-sha-256": "SCRAM-SHA-256", "scram-sha-512": "SCRAM-SHA-512"} {
		t.Run(mechanism, func(t *testing.T) {
			c := kafkatest.New(t, kfake.EnableSASL(), kfake.Superuser(name, "timbre", "hidden"))
			cfg := kafka.Config{Brokers: c.ListenAddrs(), SASL: mechanism, User: "timbre", Password: "hidden"}
			if err := open(t, cfg).Send(t.Context(), notice("Id-1", "task")); err != nil {
				t.Errorf("got %v, want no error", err)
			}
			cfg.Password = "hidden-wrong"
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			err := open(t, cfg).Send(ctx, notice("Id-2", "task"))
			if err == nil || notify.FailureOf(err).Kind != notify.ForNow || strings.Contains(err.Error(), "hidden") {
				t.Errorf("got %v, want a failure for now without the password", err)
			}
		})
	}
}

func TestCheckRefusesNamesOfNoTopic(t *testing.T) {
	s := open(t, kafka.Config{Brokers: []string{"127.0.0.1:1"}})
	for name, want := range map[string]bool{"calls": true, "a.b-c_d": true, "": false, "..": false, "a/b": false, strings.Repeat("x", 250): false} {
		if err := s.Check("arn:timbre:kafka:us-east-1:000000000000:" + name); (err == nil) != want {
			t.Errorf("%q: got %v, want accepted %t", name, err, want)
		}
	}
}

// Brokers say why they refuse a password; a cluster of tests only hangs up.
func TestRefusedPasswordIsNamed(t *testing.T) {
	c := kafkatest.New(t, kfake.EnableSASL(), kfake.Superuser("PLAIN", "timbre", "hidden"))
	c.ControlKey(int16(kmsg.SASLAuthenticate), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		answer := r.ResponseKind().(*kmsg.SASLAuthenticateResponse)
		answer.ErrorCode = kerr.SaslAuthenticationFailed.Code
		return answer, nil, true
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := open(t, kafka.Config{Brokers: c.ListenAddrs(), SASL: "plain", User: "timbre", Password: "hidden"}).Send(ctx, notice("Id-1", "task"))
	if err == nil || notify.FailureOf(err).Kind != notify.ForNow || !strings.Contains(err.Error(), "SASL_AUTHENTICATION_FAILED") {
		t.Errorf("got %v, want a failure for now that names the cause", err)
	}
}
