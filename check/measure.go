package check

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/cmd/timbre/demo/calls"
	"timbre/environment"
	"timbre/sip/phone"
)

// The call of the demo that is played, how much of it, and how often at a time for each core: its caller says enough for a voiceprint.
const (
	played  = "s2_second"
	length  = 32 * time.Second
	perCore = 2
)

// errLate is that a server has refused work for its load.
var errLate = errors.New("the server is full")

// analyseCalls analyses calls at a speed, and measures what they take. They come by SIP and RTP, so that what their caller takes is
// counted, too: a few parts in a hundred.
func analyseCalls(ctx context.Context, m machine, speed int) (s sample, err error) {
	caller, agent, err := audio()
	if err != nil {
		return s, err
	}
	t, err := begin(ctx, m)
	if err != nil {
		return s, err
	}
	number, before := perCore*m.cores, processorTime()
	var g errgroup.Group
	for range number {
		g.Go(func() error {
			return t.call(ctx, phone.Config{
				Server: t.node.SIP[0], RequestURI: "sip:check@" + t.connector + ".voiceconnector.local", Metadata: true, Speed: float64(speed),
				Caller: phone.Party{AOR: "sip:caller@callers.invalid", Audio: caller}, Callee: phone.Party{AOR: "sip:agent@agents.invalid", Audio: agent},
			})
		})
	}
	err = errors.Join(g.Wait(), t.finish())
	s = sample{spoken: float64(number) * length.Seconds(), busy: (processorTime() - before).Seconds(), late: t.skipped(number)}
	if errors.Is(err, errLate) {
		s.late, err = true, nil
	}
	return s, err
}

// audio is that of both parties of the call.
func audio() (caller, agent []byte, err error) {
	c, err := calls.Find(played)
	if err != nil {
		return nil, nil, err
	}
	caller, err1 := c.Leg("caller")
	agent, err2 := c.Leg("agent")
	if err := errors.Join(err1, err2); err != nil {
		return nil, nil, err
	}
	return caller[:timbre.Samples(length)], agent[:timbre.Samples(length)], nil
}

// call places a call with both tasks, and plays it to its end.
func (t *trial) call(ctx context.Context, cfg phone.Config) error {
	line, err := phone.Dial(ctx, environment.Environment{}, cfg)
	switch timbre.KindOf(err) {
	case timbre.Throttled, timbre.Unavailable:
		return errors.Join(errLate, err)
	}
	if err != nil {
		return err
	}
	err = t.start(ctx, line.TransactionID)
	if err == nil {
		err = line.Play(ctx)
	}
	return errors.Join(err, line.Hangup(context.WithoutCancel(ctx)))
}

// start starts both tasks on a call.
func (t *trial) start(ctx context.Context, transaction string) error {
	_, err := t.api.StartSpeakerSearchTask(ctx, &voice.StartSpeakerSearchTaskInput{
		VoiceConnectorId: &t.connector, TransactionId: &transaction, VoiceProfileDomainId: &t.domain,
		CallLeg: vtypes.CallLegTypeCaller, ClientRequestToken: aws.String("search-" + transaction),
	})
	if err == nil {
		_, err = t.api.StartVoiceToneAnalysisTask(ctx, &voice.StartVoiceToneAnalysisTaskInput{
			VoiceConnectorId: &t.connector, TransactionId: &transaction,
			LanguageCode: vtypes.LanguageCodeEnUs, ClientRequestToken: aws.String("tone-" + transaction),
		})
	}
	if throttled := (*vtypes.ThrottledClientException)(nil); errors.As(err, &throttled) {
		return errors.Join(errLate, err)
	}
	return err
}
