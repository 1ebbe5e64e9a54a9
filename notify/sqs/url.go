package sqs

import (
	"context"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"timbre/notify/aws"
)

// url returns the URL of a queue. Those of AWS follow from the ARN, so a role needs the permission to send and no other. A service
// at another endpoint forms them in its own way and is asked, once.
func (c *client) url(ctx context.Context, to aws.Target) (string, error) {
	if to.Endpoint != "" {
		return to.Text, nil
	}
	if known, ok := c.urls.Load(to.Text); ok {
		return known.(string), nil
	}
	url, err := c.find(ctx, to)
	if err == nil {
		c.urls.Store(to.Text, url)
	}
	return url, err
}

func (c *client) find(ctx context.Context, to aws.Target) (string, error) {
	o := c.Options()
	if o.BaseEndpoint != nil {
		out, err := c.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &to.Name, QueueOwnerAWSAccountId: &to.Account})
		if err != nil {
			return "", err
		}
		return sdk.ToString(out.QueueUrl), nil
	}
	parameters := sqs.EndpointParameters{
		Region:       &o.Region,
		UseFIPS:      sdk.Bool(o.EndpointOptions.UseFIPSEndpoint == sdk.FIPSEndpointStateEnabled),
		UseDualStack: sdk.Bool(o.EndpointOptions.UseDualStackEndpoint == sdk.DualStackEndpointStateEnabled),
	}
	at, err := o.EndpointResolverV2.ResolveEndpoint(ctx, parameters.WithDefaults())
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(at.URI.String(), "/") + "/" + to.Account + "/" + to.Name, nil
}
