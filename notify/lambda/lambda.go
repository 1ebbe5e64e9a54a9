// Package lambda sends notices to Lambda functions. A notice becomes one asynchronous invocation, whose payload is the event. Lambda
// has then accepted the event: whether the function succeeds, and how often it is tried, is the matter of the function's own settings.
package lambda

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"timbre"
	"timbre/notify/aws"
)

const maxPayload = 1 << 20 // bytes of an asynchronous invocation

// Sink sends to any number of functions.
type Sink = aws.Sink[*lambda.Client]

// New returns a Sink.
func New(account *aws.Account) *Sink {
	return aws.NewSink(account, aws.Service[*lambda.Client]{
		Noun: "function", Prefix: "function:",
		Client: func(c sdk.Config, _ string) *lambda.Client { return lambda.NewFromConfig(c) },
		Put:    put,
		Size:   func(n timbre.Notice) int { return len(n.Payload) },
		Limit:  maxPayload, Batch: 1, Total: maxPayload,
	})
}

func put(ctx context.Context, c *lambda.Client, to aws.Target, notices []timbre.Notice) ([]error, error) {
	each := make([]error, len(notices))
	for i, n := range notices {
		_, each[i] = c.Invoke(ctx, &lambda.InvokeInput{FunctionName: &to.Text, InvocationType: types.InvocationTypeEvent, Payload: n.Payload})
	}
	return each, nil
}
