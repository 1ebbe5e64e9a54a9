// Package sns sends notices to SNS topics. A notice becomes one message without attributes whose text is the event. In a FIFO topic
// the messages of a task or call form a group, and the ID of the event is that of the deduplication.
package sns

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"timbre"
	"timbre/notify/aws"
)

const (
	maxMessage = 256 << 10 // bytes of a message, and of all messages of a request
	maxBatch   = 10
)

// Config of a Sink.
type Config struct {
	Message aws.Message
}

// Sink sends to any number of topics.
type Sink = aws.Sink[*client]

// client is that of one region.
type client struct {
	*sns.Client
	message aws.Message
}

// New returns a Sink.
func New(account *aws.Account, cfg Config) *Sink {
	return aws.NewSink(account, aws.Service[*client]{
		Noun:   "topic",
		Client: func(c sdk.Config, _ string) *client { return &client{sns.NewFromConfig(c), cfg.Message} },
		Put:    put,
		Size:   cfg.Message.Size, Limit: maxMessage, Batch: maxBatch, Total: maxMessage,
	})
}

func put(ctx context.Context, c *client, to aws.Target, notices []timbre.Notice) ([]error, error) {
	if len(notices) == 1 {
		return nil, c.one(ctx, to, notices[0])
	}
	return c.several(ctx, to, notices)
}

func (c *client) one(ctx context.Context, to aws.Target, n timbre.Notice) error {
	in := &sns.PublishInput{TopicArn: &to.Text, Message: sdk.String(c.message.Body(n))}
	if to.FIFO() {
		in.MessageGroupId, in.MessageDeduplicationId = &n.Key, &n.ID
	}
	_, err := c.Publish(ctx, in)
	return err
}

func (c *client) several(ctx context.Context, to aws.Target, notices []timbre.Notice) ([]error, error) {
	entries := make([]types.PublishBatchRequestEntry, len(notices))
	for i, n := range notices {
		entries[i] = types.PublishBatchRequestEntry{Id: aws.ID(i), Message: sdk.String(c.message.Body(n))}
		if to.FIFO() {
			entries[i].MessageGroupId, entries[i].MessageDeduplicationId = &n.Key, &n.ID
		}
	}
	out, err := c.PublishBatch(ctx, &sns.PublishBatchInput{TopicArn: &to.Text, PublishBatchRequestEntries: entries})
	if err != nil {
		return nil, err
	}
	each := aws.NewBatch(len(notices))
	for _, a := range out.Successful {
		each.Accept(a.Id)
	}
	for _, r := range out.Failed {
		each.Reject(r.Id, r.Code, r.Message, r.SenderFault)
	}
	return each, nil
}
