package kafka_test

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"timbre/notify/kafka"
	"timbre/notify/kafka/kafkatest"
	"timbre/notify/notifytest"
)

// peer is a cluster that fails on request. A request is one that has records.
type peer struct {
	*kfake.Cluster
	*notifytest.Faults
}

func (p *peer) Stop() { p.Close() }

// Vanish lets the next request, which is sent on a connection that there is, get no answer.
func (p *peer) Vanish() { p.Fail(notifytest.Hang, 1) }

//nolint:revive // the order of the results is that of kfake
func (p *peer) answer(r kmsg.Request) (kmsg.Response, error, bool) {
	p.KeepControl()
	codes := map[notifytest.Fault]*kerr.Error{
		notifytest.RefusedForever: kerr.InvalidRecord, notifytest.RefusedForNow: kerr.NotEnoughReplicas,
		notifytest.BadCredentials: kerr.TopicAuthorizationFailed,
	}
	switch f := p.Next(); f {
	case notifytest.None:
		return nil, nil, false
	case notifytest.Hang:
		p.Hang()
		return nil, nil, true
	case notifytest.Drop:
		return nil, errors.New("the connection is dropped"), true
	default:
		return refusal(r.(*kmsg.ProduceRequest), codes[f].Code), nil, true
	}
}

func TestSinkKeepsItsPromises(t *testing.T) {
	notifytest.Run(t, func(t *testing.T) notifytest.Backend {
		p := &peer{kafkatest.New(t), notifytest.NewFaults()}
		p.ControlKey(int16(kmsg.Produce), p.answer)
		return notifytest.Backend{
			Sink: open(t, kafka.Config{Brokers: p.ListenAddrs()}), Service: p, Target: calls,
			Unknown:  "arn:timbre:kafka:us-east-1:000000000000:lost",
			Received: func() []string { return payloads(t, p.Cluster) }, MaxPayload: 1 << 20,
		}
	})
}

// payloads returns all records of the one key that the suite uses.
func payloads(t *testing.T, c *kfake.Cluster) (all []string) {
	t.Helper()
	for _, values := range kafkatest.Received(t, c, stored(t, c)) {
		all = append(all, values...)
	}
	return all
}

// stored returns how many records the topic has.
func stored(t *testing.T, c *kfake.Cluster) (count int) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	of := kmsg.NewListOffsetsRequestTopic()
	of.Topic = "calls"
	for i := range int32(kafkatest.Partitions) {
		part := kmsg.NewListOffsetsRequestTopicPartition()
		part.Partition, part.Timestamp = i, -1 // the end
		of.Partitions = append(of.Partitions, part)
	}
	request := kmsg.NewPtrListOffsetsRequest()
	request.Topics = append(request.Topics, of)
	answer, err := request.RequestWith(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range answer.Topics {
		for _, part := range topic.Partitions {
			count += int(part.Offset)
		}
	}
	return count
}
