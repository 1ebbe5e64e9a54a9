// Package sqs sends notices to SQS queues. A notice whose target is the ARN or the URL of a queue becomes one message without
// attributes, whose body is the event. In a FIFO queue the messages of a task or call form a group, and the ID of the event is that
// of the deduplication.
package sqs

import (
	"context"
	"errors"
	"sync"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"timbre"
	"timbre/notify/aws"
)

const (
	maxMessage = 1 << 20 // bytes of a message, and of all messages of a request
	maxBatch   = 10
)

// Config of a Sink.
type Config struct {
	Message aws.Message
}

// Sink sends to any number of queues.
type Sink = aws.Sink[*client]

// client is that of one region.
type client struct {
	*sqs.Client
	message aws.Message
	urls    sync.Map // of queues by ARN
}

// New returns a Sink.
func New(account *aws.Account, cfg Config) *Sink {
	return aws.NewSink(account, aws.Service[*client]{
		Noun: "queue",
		Client: func(c sdk.Config, endpoint string) *client {
			return &client{message: cfg.Message, Client: sqs.NewFromConfig(c, func(o *sqs.Options) {
				if o.BaseEndpoint == nil && endpoint != "" {
					o.BaseEndpoint = &endpoint
				}
			})}
		},
		Put:  put,
		Size: cfg.Message.Size, Limit: maxMessage, Batch: maxBatch, Total: maxMessage,
	})
}

func put(ctx context.Context, c *client, to aws.Target, notices []timbre.Notice) ([]error, error) {
	queue, err := c.url(ctx, to)
	if err != nil {
		return nil, err
	}
	var each []error
	if len(notices) == 1 {
		err = c.one(ctx, queue, to, notices[0])
	} else {
		each, err = c.several(ctx, queue, to, notices)
	}
	if gone := new(types.QueueDoesNotExist); errors.As(err, &gone) {
		c.urls.Delete(to.Text)
	}
	return each, err
}

func (c *client) one(ctx context.Context, queue string, to aws.Target, n timbre.Notice) error {
	in := &sqs.SendMessageInput{QueueUrl: &queue, MessageBody: sdk.String(c.message.Body(n))}
	if to.FIFO() {
		in.MessageGroupId, in.MessageDeduplicationId = &n.Key, &n.ID
	}
	_, err := c.SendMessage(ctx, in)
	return err
}

func (c *client) several(ctx context.Context, queue string, to aws.Target, notices []timbre.Notice) ([]error, error) {
	entries := make([]types.SendMessageBatchRequestEntry, len(notices))
	for i, n := range notices {
		entries[i] = types.SendMessageBatchRequestEntry{Id: aws.ID(i), MessageBody: sdk.String(c.message.Body(n))}
		if to.FIFO() {
			entries[i].MessageGroupId, entries[i].MessageDeduplicationId = &n.Key, &n.ID
		}
	}
	out, err := c.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: &queue, Entries: entries})
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
