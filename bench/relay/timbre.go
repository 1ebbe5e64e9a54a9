package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre/bench/agent"
	"timbre/bench/media"
	"timbre/bench/server"
)

// timbre is a server with a connector whose calls go to a gateway of this process.
type timbre struct {
	*server.Process
	connector string
	caller    *agent.Agent
	gateway   *gateway
	hook      *httptest.Server // takes the events of the calls
	calls     []*agent.Call
}

// newTimbre starts a server. The gateway answers with the port of a call.
func newTimbre(ctx context.Context, binary string, port func(call int) int) (relay, error) {
	t := &timbre{hook: httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))}
	if err := t.open(ctx, binary, port); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func (t *timbre) open(ctx context.Context, binary string, port func(call int) int) (err error) {
	if t.gateway, err = newGateway(port); err != nil {
		return err
	}
	t.Process, err = server.Start(ctx, server.Config{Binary: binary, Log: os.Stderr, Env: []string{"TIMBRE_LOG_LEVEL=error", server.Listener(t.hook.URL)}})
	if err != nil {
		return err
	}
	return t.setUp(ctx)
}

func (t *timbre) setUp(ctx context.Context) error {
	d, err := t.SetUp(ctx)
	if err != nil {
		return err
	}
	t.connector = d.Connector
	if _, err := d.API.PutVoiceConnectorOrigination(ctx, &voice.PutVoiceConnectorOriginationInput{
		VoiceConnectorId: &d.Connector,
		Origination: &vtypes.Origination{Disabled: aws.Bool(false), Routes: []vtypes.OriginationRoute{{
			Host: aws.String("127.0.0.1"), Port: aws.Int32(int32(t.gateway.port())),
			Protocol: vtypes.OriginationRouteProtocolUdp, Priority: aws.Int32(1), Weight: aws.Int32(1),
		}}},
	}); err != nil {
		return err
	}
	t.caller, err = agent.Dial(t.SIP, "")
	return err
}

func (t *timbre) connect(call, port int) ([]*media.Leg, error) {
	uri := fmt.Sprintf("sip:%s@%s.voiceconnector.chime.aws", number(call), t.connector)
	made, _, err := t.caller.Invite(fmt.Sprintf("relay-%d@127.0.0.1", call), uri, "Content-Type: application/sdp\r\n", offer(port))
	if err != nil {
		return nil, err
	}
	t.calls = append(t.calls, made)
	caller, err1 := legTo(made.Answer)
	gateway, err2 := legTo(t.gateway.offered(call))
	return []*media.Leg{caller, gateway}, errors.Join(err1, err2)
}

func (t *timbre) hangUp() error {
	for _, c := range t.calls {
		if err := t.caller.Bye(c); err != nil {
			return err
		}
	}
	return nil
}

func (t *timbre) cpu() time.Duration { return t.CPU() }

func (t *timbre) memory() float64 { return t.Memory("VmRSS") }

func (t *timbre) close() {
	if t.caller != nil {
		_ = t.caller.Close()
	}
	if t.Process != nil {
		t.Stop()
	}
	if t.gateway != nil {
		_ = t.gateway.Close()
	}
	t.hook.Close()
}
