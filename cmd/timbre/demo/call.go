package demo

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/environment"
	"timbre/sip/phone"
)

// liveCall is a call in progress.
type liveCall struct {
	script
	CallResult
	s        *story
	phone    phone.Config
	length   time.Duration
	played   atomic.Int64 // media time, in nanoseconds
	over     atomic.Bool  // the audio has ended
	next     int          // position in the inbox
	profile  string       // created from this call's voiceprint
	received received
}

// prepare loads a recording and configures the phone.
func (s *story) prepare(r script) (*liveCall, error) {
	caller, agent, err := r.legs()
	if err != nil {
		return nil, err
	}
	v := &liveCall{script: r, s: s, length: length(caller, agent)}
	v.CallResult = CallResult{
		Caller: r.name, Recording: r.file, Second: r.second,
		CallerTone: ToneTrack{Points: []TonePoint{}}, AgentTone: ToneTrack{Points: []TonePoint{}},
	}
	if r.line != nil {
		v.Line = r.line.name
	}
	v.phone = phone.Config{
		Server: s.server.SIP, RequestURI: "sip:+12065550199@" + s.deployment.connector + ".voiceconnector.local",
		From: r.number, To: "+12065550199", Metadata: true, Speed: s.cfg.Speed,
		Caller: phone.Party{AOR: "sip:" + r.number + "@callers.invalid", Audio: caller},
		Callee: phone.Party{AOR: "sip:agent@agents.invalid", Name: "Agent", Audio: agent},
		Progress: func(at, _ time.Duration) {
			v.played.Store(int64(at))
			s.say.played(at)
		},
	}
	return v, nil
}

// at is the current media time of the call.
func (v *liveCall) at() time.Duration { return time.Duration(v.played.Load()) }

// run places the call and waits for the last event about it.
func (v *liveCall) run(ctx context.Context) error {
	line, err := phone.Dial(ctx, environment.Environment{Log: v.s.cfg.Log}, v.phone)
	if err != nil {
		return timbre.Errorf(timbre.KindOf(err), "", "%s could not call: %w", v.name, err)
	}
	v.TransactionID = line.TransactionID
	if err := v.startTasks(ctx); err != nil {
		return errors.Join(err, line.Hangup(context.WithoutCancel(ctx)))
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		err := line.Play(ctx)
		v.over.Store(true)
		return errors.Join(err, line.Hangup(context.WithoutCancel(ctx)))
	})
	g.Go(func() error { return v.listen(ctx) })
	return g.Wait()
}

// startTasks waits until the server can analyse the call, and starts both tasks. With real people, this is where the caller is
// asked for consent: audio from before the start is not used.
func (v *liveCall) startTasks(ctx context.Context) error {
	ready, cancel := context.WithTimeout(ctx, v.s.cfg.Slack)
	defer cancel()
	if _, err := v.await(ready, timbre.AnalyticsReady); err != nil {
		return err
	}
	h := v.s.deployment
	search, err := h.voice.StartSpeakerSearchTask(ctx, &voice.StartSpeakerSearchTaskInput{
		VoiceConnectorId: &h.connector, TransactionId: &v.TransactionID, VoiceProfileDomainId: &h.domain,
		CallLeg: vtypes.CallLegTypeCaller, ClientRequestToken: aws.String("search-" + v.TransactionID),
	})
	if err != nil {
		return timbre.Errorf(timbre.Internal, "", "speaker search on %s's call: %w", v.name, err)
	}
	tone, err := h.voice.StartVoiceToneAnalysisTask(ctx, &voice.StartVoiceToneAnalysisTaskInput{
		VoiceConnectorId: &h.connector, TransactionId: &v.TransactionID,
		LanguageCode: vtypes.LanguageCodeEnUs, ClientRequestToken: aws.String("tone-" + v.TransactionID),
	})
	if err != nil {
		return timbre.Errorf(timbre.Internal, "", "voice tone analysis on %s's call: %w", v.name, err)
	}
	v.SearchTaskID = aws.ToString(search.SpeakerSearchTask.SpeakerSearchTaskId)
	v.ToneTaskID = aws.ToString(tone.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId)
	v.s.say.report(0, v.name, "calls from %s and consents: both tasks started", v.number)
	return nil
}

// listen handles the events of the call until all that the scenario needs have arrived.
func (v *liveCall) listen(ctx context.Context) error {
	timeout := time.Duration(float64(v.length)/v.s.cfg.Speed) + v.s.cfg.Slack
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for missing := v.missing(); len(missing) > 0; missing = v.missing() {
		e, err := v.await(ctx, missing...)
		if err != nil {
			return err
		}
		if err := v.handle(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// await returns the next event of the call. If none arrives in time, the error names what is missing.
func (v *liveCall) await(ctx context.Context, missing ...string) (event, error) {
	e, next, err := v.s.inbox.next(ctx, v.TransactionID, v.next)
	v.next = next
	if errors.Is(err, context.DeadlineExceeded) {
		return e, timbre.Errorf(timbre.Unavailable, "", "on %s's call (transaction %s) no %s came in time",
			v.name, v.TransactionID, strings.Join(missing, ", no "))
	}
	return e, err
}
