// Package kinesis sends notices to Kinesis data streams. A notice becomes one record, which is the event. The partition key is the
// task or call, so its events stay in order within one shard.
package kinesis

import (
	"context"
	"errors"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"timbre"
	"timbre/notify/aws"
)

const (
	maxRecord  = 1 << 20 // bytes of a record with its key, unless the stream allows more
	maxBatch   = 500
	maxRequest = 5 << 20
)

// Sink sends to any number of streams.
type Sink = aws.Sink[*kinesis.Client]

// New returns a Sink.
func New(account *aws.Account) *Sink {
	return aws.NewSink(account, aws.Service[*kinesis.Client]{
		Noun: "stream", Prefix: "stream/",
		Client: func(c sdk.Config, _ string) *kinesis.Client { return kinesis.NewFromConfig(c) },
		Put:    put,
		Size:   func(n timbre.Notice) int { return len(n.Payload) + len(n.Key) },
		Limit:  maxRecord, Batch: maxBatch, Total: maxRequest,
	})
}

func put(ctx context.Context, c *kinesis.Client, to aws.Target, notices []timbre.Notice) ([]error, error) {
	if len(notices) == 1 {
		return nil, one(ctx, c, to, notices[0])
	}
	each, err := several(ctx, c, to, notices)
	if denied(err) {
		return singly(ctx, c, to, notices)
	}
	return each, err
}

func denied(err error) bool {
	api := smithy.APIError(nil)
	return errors.As(err, &api) && api.ErrorCode() == "AccessDeniedException"
}

func one(ctx context.Context, c *kinesis.Client, to aws.Target, n timbre.Notice) error {
	_, err := c.PutRecord(ctx, &kinesis.PutRecordInput{StreamARN: &to.Text, PartitionKey: &n.Key, Data: n.Payload})
	return err
}

// several sends a batch. The response has a result for each record, in their order.
func several(ctx context.Context, c *kinesis.Client, to aws.Target, notices []timbre.Notice) ([]error, error) {
	records := make([]types.PutRecordsRequestEntry, len(notices))
	for i, n := range notices {
		records[i] = types.PutRecordsRequestEntry{PartitionKey: &n.Key, Data: n.Payload}
	}
	out, err := c.PutRecords(ctx, &kinesis.PutRecordsInput{StreamARN: &to.Text, Records: records})
	if err != nil {
		return nil, err
	}
	each := aws.NewBatch(len(notices))
	for i, r := range out.Records {
		if r.ErrorCode == nil {
			each.Accept(aws.ID(i))
		} else {
			each.Reject(aws.ID(i), r.ErrorCode, r.ErrorMessage, true)
		}
	}
	return each, nil
}

// singly sends the notices one by one: the policy that AWS documents for its own service permits kinesis:PutRecord alone.
func singly(ctx context.Context, c *kinesis.Client, to aws.Target, notices []timbre.Notice) ([]error, error) {
	each := make([]error, len(notices))
	for i, n := range notices {
		if each[i] = one(ctx, c, to, n); denied(each[i]) {
			return nil, each[i]
		}
	}
	return each, nil
}
