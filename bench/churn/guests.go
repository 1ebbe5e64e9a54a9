package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/bench/server"
	"timbre/environment"
	"timbre/rtp/codec"
	"timbre/sip/phone"
)

// talk is how long a call lasts that is not hung up at once.
const talk = 3 * time.Second

// guests come to a server in several ways.
type guests struct {
	server.Deployment
	at    *server.Process
	audio []byte // µ-law
	made  atomic.Int64
}

func newGuests(ctx context.Context, s *server.Process) (*guests, error) {
	d, err := s.SetUp(ctx)
	if err != nil {
		return nil, err
	}
	channels, err := codec.ReadWAVFile("cmd/timbre/demo/calls/s1_enrol_caller.wav")
	if err != nil {
		return nil, err
	}
	return &guests{Deployment: d, at: s, audio: codec.ULaw.Encode(nil, channels[0])}, nil
}

// visit is one of the ways, in turn.
func (g *guests) visit(ctx context.Context, n int) error {
	ways := []func(context.Context) error{g.call, g.hangUp, g.call, g.configure, g.call, g.knock}
	return ways[n%len(ways)](ctx)
}

// unserved reports whether an error says that the server has too much to do.
func unserved(err error) bool {
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode() == http.StatusTooManyRequests || answer.HTTPStatusCode() == http.StatusServiceUnavailable
	}
	kind := timbre.KindOf(err)
	return kind == timbre.Throttled || kind == timbre.Unavailable
}

// call talks, with both tasks.
func (g *guests) call(ctx context.Context) error {
	line, err := g.dial(ctx)
	if err != nil {
		return err
	}
	if _, _, err := g.Analyse(ctx, line.TransactionID); err != nil {
		return errors.Join(fmt.Errorf("starting the tasks: %w", err), line.Hangup(ctx))
	}
	talking, over := context.WithTimeout(ctx, talk)
	defer over()
	if err = line.Play(talking); talking.Err() != nil {
		err = nil // it has hung up
	}
	return errors.Join(err, line.Hangup(ctx))
}

// hangUp ends a call before any audio is sent.
func (g *guests) hangUp(ctx context.Context) error {
	line, err := g.dial(ctx)
	if err != nil {
		return err
	}
	return line.Hangup(ctx)
}

func (g *guests) dial(ctx context.Context) (*phone.Call, error) {
	return phone.Dial(ctx, environment.Environment{}, phone.Config{
		Server: g.at.SIP, Metadata: true, From: fmt.Sprintf("+1206555%04d", g.made.Add(1)%10000), To: "+13605550199",
		Caller: phone.Party{AOR: "sip:caller@example.com", Audio: g.audio}, Callee: phone.Party{AOR: "sip:agent@example.com", Audio: g.audio},
	})
}

// configure makes a connector and a domain, and deletes them.
func (g *guests) configure(ctx context.Context) error {
	name := aws.String(fmt.Sprintf("churn-%d", g.made.Add(1)))
	c, err := g.API.CreateVoiceConnector(ctx, &voice.CreateVoiceConnectorInput{Name: name, RequireEncryption: aws.Bool(false)})
	if err != nil {
		return err
	}
	d, err := g.API.CreateVoiceProfileDomain(ctx, &voice.CreateVoiceProfileDomainInput{
		Name:                              name,
		ServerSideEncryptionConfiguration: &vtypes.ServerSideEncryptionConfiguration{KmsKeyArn: aws.String("arn:aws:kms:us-east-1:000000000000:key/local")},
	})
	if err != nil {
		return err
	}
	_, err1 := g.API.DeleteVoiceConnector(ctx, &voice.DeleteVoiceConnectorInput{VoiceConnectorId: c.VoiceConnector.VoiceConnectorId})
	_, err2 := g.API.DeleteVoiceProfileDomain(ctx, &voice.DeleteVoiceProfileDomainInput{VoiceProfileDomainId: d.VoiceProfileDomain.VoiceProfileDomainId})
	return errors.Join(err1, err2)
}

// knock opens connections, says half a word and leaves.
func (g *guests) knock(ctx context.Context) error {
	for _, to := range []string{g.at.API, g.at.Admin} {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(to, "http://"))
		if err != nil {
			return err
		}
		_, err = c.Write([]byte("GET /voice"))
		if err := errors.Join(err, c.Close()); err != nil {
			return err
		}
	}
	return nil
}
