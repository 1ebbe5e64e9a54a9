// Package sqs sends notices to SQS queues by the AWS SDK. In comes a notice whose target is the ARN or the URL of a
// standard queue; out goes one message with the body {"Records":[event]}, without attributes. Credentials, endpoint
// (AWS_ENDPOINT_URL_SQS) and proxies are those of the standard SDK chain. Retries are the dispatcher's.
package sqs

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"timbre"
)

// Config of a Sink.
type Config struct {
	Region     string       // of queues whose target does not tell it, where the SDK chain does not
	HTTPClient *http.Client // the SDK's own if nil
}

// Sink sends to any number of queues.
type Sink struct {
	config Config

	mu     sync.Mutex
	client *sqs.Client // made at the first use, so that a server without queues needs no AWS settings

	urls sync.Map // of queues, by their ARN
}

// New makes a Sink. It reads no settings and opens no connection yet.
func New(c Config) *Sink { return &Sink{config: c} }

// Send puts a notice into the queue that its target names.
func (s *Sink) Send(ctx context.Context, n timbre.Notice) error {
	const op = "sqs.Send"
	client, err := s.sdk(ctx)
	if err != nil {
		return timbre.Errorf(timbre.Unavailable, op, "the AWS settings of this server cannot be used: %w", err)
	}
	queue, options, err := s.queue(ctx, client, n.Target)
	if err != nil {
		return timbre.Errorf(timbre.Unavailable, op, "queue %s is not found: %w", n.Target, err)
	}
	body := `{"Records":[` + string(n.Payload) + `]}`
	_, err = client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &queue, MessageBody: &body}, options)
	if err != nil {
		if gone := new(types.QueueDoesNotExist); errors.As(err, &gone) {
			s.urls.Delete(n.Target)
		}
		return timbre.Errorf(timbre.Unavailable, op, "queue %s does not take the message: %w", n.Target, err)
	}
	return nil
}

func (s *Sink) sdk(ctx context.Context) (*sqs.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client != nil {
		return s.client, nil
	}
	options := []func(*config.LoadOptions) error{
		config.WithDefaultRegion(s.config.Region),
		config.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }),
	}
	if s.config.HTTPClient != nil {
		options = append(options, config.WithHTTPClient(s.config.HTTPClient))
	}
	c, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, err
	}
	s.client = sqs.NewFromConfig(c)
	return s.client, nil
}

// queue is the URL of the queue that a target names, and how to reach it.
func (s *Sink) queue(ctx context.Context, client *sqs.Client, target string) (string, func(*sqs.Options), error) {
	if !strings.HasPrefix(target, "arn:") {
		u, err := url.Parse(target)
		if err != nil {
			return "", nil, err
		}
		return target, reach(u), nil
	}
	a, err := arn.Parse(target)
	if err != nil {
		return "", nil, err
	}
	there := func(o *sqs.Options) { o.Region = a.Region }
	if known, ok := s.urls.Load(target); ok {
		return known.(string), there, nil
	}
	out, err := client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &a.Resource, QueueOwnerAWSAccountId: &a.AccountID}, there)
	if err != nil {
		return "", nil, err
	}
	s.urls.Store(target, aws.ToString(out.QueueUrl))
	return aws.ToString(out.QueueUrl), there, nil
}

// reach sends a request where a queue's URL points, unless the settings name an endpoint for all queues.
func reach(queue *url.URL) func(*sqs.Options) {
	return func(o *sqs.Options) {
		if part := strings.Split(queue.Hostname(), "."); len(part) > 3 && part[0] == "sqs" {
			o.Region = part[1]
		}
		if o.BaseEndpoint == nil {
			o.BaseEndpoint = aws.String(queue.Scheme + "://" + queue.Host)
		}
	}
}
