// Package sqs sends notices to SQS queues through the AWS SDK. A notice whose target is the ARN or the URL of a standard queue
// becomes one message with the body {"Records":[event]}, without attributes. Credentials, endpoint (AWS_ENDPOINT_URL_SQS)
// and proxies come from the standard SDK chain. The dispatcher retries.
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
	"timbre/environment"
)

// Config of a Sink.
type Config struct {
	HTTPClient *http.Client // nil: the SDK's own
}

// Sink sends to any number of queues.
type Sink struct {
	env environment.Environment
	cfg Config

	mu     sync.Mutex
	client *sqs.Client // created on first use, so that a server without queues needs no AWS settings

	urls sync.Map // queue URL by ARN
}

// New returns a Sink. It reads no settings and opens no connection yet. The environment's region is that of queues for which
// neither the target nor the SDK chain has one.
func New(env environment.Environment, cfg Config) *Sink { return &Sink{env: env, cfg: cfg} }

// Send sends a notice to the queue of its target. Errors are Unavailable.
func (s *Sink) Send(ctx context.Context, n timbre.Notice) error {
	const op = "sqs.Send"
	client, err := s.sdkClient(ctx)
	if err != nil {
		return timbre.Errorf(timbre.Unavailable, op, "loading the AWS settings: %w", err)
	}
	queue, options, err := s.queue(ctx, client, n.Target)
	if err != nil {
		return timbre.Errorf(timbre.Unavailable, op, "looking up queue %s: %w", n.Target, err)
	}
	body := `{"Records":[` + string(n.Payload) + `]}`
	_, err = client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &queue, MessageBody: &body}, options)
	if err != nil {
		if gone := new(types.QueueDoesNotExist); errors.As(err, &gone) {
			s.urls.Delete(n.Target)
		}
		return timbre.Errorf(timbre.Unavailable, op, "sending to queue %s: %w", n.Target, err)
	}
	return nil
}

func (s *Sink) sdkClient(ctx context.Context) (*sqs.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client != nil {
		return s.client, nil
	}
	options := []func(*config.LoadOptions) error{
		config.WithDefaultRegion(s.env.Region),
		config.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }),
	}
	if s.cfg.HTTPClient != nil {
		options = append(options, config.WithHTTPClient(s.cfg.HTTPClient))
	}
	c, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, err
	}
	s.client = sqs.NewFromConfig(c)
	return s.client, nil
}

// queue returns the URL of the queue of a target, and the options of requests to it.
func (s *Sink) queue(ctx context.Context, client *sqs.Client, target string) (string, func(*sqs.Options), error) {
	if !strings.HasPrefix(target, "arn:") {
		u, err := url.Parse(target)
		if err != nil {
			return "", nil, err
		}
		return target, endpointOf(u), nil
	}
	a, err := arn.Parse(target)
	if err != nil {
		return "", nil, err
	}
	inRegion := func(o *sqs.Options) { o.Region = a.Region }
	if known, ok := s.urls.Load(target); ok {
		return known.(string), inRegion, nil
	}
	out, err := client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &a.Resource, QueueOwnerAWSAccountId: &a.AccountID}, inRegion)
	if err != nil {
		return "", nil, err
	}
	s.urls.Store(target, aws.ToString(out.QueueUrl))
	return aws.ToString(out.QueueUrl), inRegion, nil
}

// endpointOf sends a request to the host of a queue's URL, unless the settings name an endpoint for all queues.
func endpointOf(queue *url.URL) func(*sqs.Options) {
	return func(o *sqs.Options) {
		if part := strings.Split(queue.Hostname(), "."); len(part) > 3 && part[0] == "sqs" {
			o.Region = part[1]
		}
		if o.BaseEndpoint == nil {
			o.BaseEndpoint = aws.String(queue.Scheme + "://" + queue.Host)
		}
	}
}
