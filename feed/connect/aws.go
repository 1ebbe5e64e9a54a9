package connect

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesisvideo"
	names "github.com/aws/aws-sdk-go-v2/service/kinesisvideo/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"timbre"
)

// Streams is a Source of the streams of an account of AWS.
type Streams struct{ Account aws.Config }

// Open implements Source. Each response comes from the endpoint that the stream has then.
func (s Streams) Open(ctx context.Context, streamARN string, from Position) (io.ReadCloser, error) {
	account := s.Account.Copy()
	if part := strings.SplitN(streamARN, ":", 5); len(part) == 5 && part[3] != "" {
		account.Region = part[3]
	}
	at, err := kinesisvideo.NewFromConfig(account).GetDataEndpoint(ctx, &kinesisvideo.GetDataEndpointInput{
		APIName: names.APINameGetMedia, StreamARN: &streamARN,
	})
	if err != nil {
		return nil, failure("GetDataEndpoint", err)
	}
	return getMedia(ctx, account, aws.ToString(at.DataEndpoint), streamARN, from)
}

// permanent are the errors of AWS that another attempt does not change.
var permanent = map[string]timbre.Kind{
	"ResourceNotFoundException": timbre.NotFound, "InvalidArgumentException": timbre.Invalid, "NotAuthorizedException": timbre.Invalid,
	"AccessDeniedException": timbre.Invalid, "UnrecognizedClientException": timbre.Invalid, "InvalidSignatureException": timbre.Invalid,
	"InvalidClientTokenId": timbre.Invalid, "AWS.SimpleQueueService.NonExistentQueue": timbre.NotFound, "QueueDoesNotExist": timbre.NotFound,
}

// isPermanent reports whether an error of failure is one of those.
func isPermanent(err error) bool {
	return timbre.KindOf(err) == timbre.NotFound || timbre.KindOf(err) == timbre.Invalid
}

// failure is the error of an operation of AWS.
func failure(operation string, err error) error {
	kind := timbre.Unavailable
	if e := smithy.APIError(nil); errors.As(err, &e) {
		if k, is := permanent[e.ErrorCode()]; is {
			kind = k
		}
	}
	return timbre.Errorf(kind, operation, "%w", err)
}

// SQS is a Queue of Amazon SQS.
type SQS struct {
	Client *sqs.Client
	URL    string
}

// wait is how long a request waits for messages, in seconds, and how many it takes: both the most that SQS allows.
const (
	wait  = 20
	batch = 10
)

// slow is how long a request of the queue may take, besides its waiting.
const slow = 30 * time.Second

// Receive implements Queue.
func (q SQS) Receive(ctx context.Context) (all []Message, _ error) {
	ctx, cancel := context.WithTimeout(ctx, wait*time.Second+slow)
	defer cancel()
	out, err := q.Client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &q.URL, WaitTimeSeconds: wait, MaxNumberOfMessages: batch})
	if err != nil {
		return nil, failure("ReceiveMessage", err)
	}
	for _, m := range out.Messages {
		all = append(all, Message{aws.ToString(m.Body), aws.ToString(m.ReceiptHandle)})
	}
	return all, nil
}

// Delete implements Queue.
func (q SQS) Delete(ctx context.Context, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, slow)
	defer cancel()
	if _, err := q.Client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.URL, ReceiptHandle: &m.Handle}); err != nil {
		return failure("DeleteMessage", err)
	}
	return nil
}
