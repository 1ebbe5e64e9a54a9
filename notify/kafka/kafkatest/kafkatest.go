// Package kafkatest is a Kafka cluster for tests, with the topic calls.
package kafkatest

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Partitions of the topic.
const Partitions = 4

// New starts a cluster of three brokers, until the test ends.
func New(t testing.TB, options ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(append(options, kfake.NumBrokers(3), kfake.SeedTopics(Partitions, "calls"))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.ControlKey(int16(kmsg.ApiVersions), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		answer, newer := older(r.(*kmsg.ApiVersionsRequest))
		return answer, nil, newer
	})
	return c
}

// older answers a question in a newer form than kfake knows, as brokers do: with the forms that they know.
func older(r *kmsg.ApiVersionsRequest) (kmsg.Response, bool) {
	const known = 3
	if r.Version <= known {
		return nil, false
	}
	answer := kmsg.NewPtrApiVersionsResponse()
	answer.ErrorCode = kerr.UnsupportedVersion.Code
	of := kmsg.NewApiVersionsResponseApiKey()
	of.ApiKey, of.MaxVersion = int16(kmsg.ApiVersions), known
	answer.ApiKeys = append(answer.ApiKeys, of)
	return answer, true
}

// Reader returns a consumer of the topic from its beginning.
func Reader(t testing.TB, c *kfake.Cluster, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	reader, err := kgo.NewClient(append(options,
		kgo.SeedBrokers(c.ListenAddrs()...), kgo.ConsumeTopics("calls"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(reader.Close)
	return reader
}

// Received returns the first count records of the topic, by their keys.
func Received(t testing.TB, c *kfake.Cluster, count int) map[string][]string {
	t.Helper()
	reader := Reader(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	all := map[string][]string{}
	for got := 0; got < count; {
		fetched := reader.PollFetches(ctx)
		if err := ctx.Err(); err != nil {
			t.Fatalf("got %d records, want %d", got, count)
		}
		fetched.EachRecord(func(r *kgo.Record) {
			got++
			all[string(r.Key)] = append(all[string(r.Key)], string(r.Value))
		})
	}
	return all
}
