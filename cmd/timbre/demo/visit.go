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

// visit is one call while it happens.
type visit struct {
	role
	Visit
	s       *story
	phone   phone.Config
	lasts   time.Duration
	played  atomic.Int64 // media time, in nanoseconds
	over    atomic.Bool  // the caller is about to hang up
	next    int          // where in the inbox the next event may be
	profile string       // made of this call's voiceprint
	heard   heard
}

// prepare fetches a recording and sets the telephone up.
func (s *story) prepare(r role) (*visit, error) {
	caller, agent, err := r.legs()
	if err != nil {
		return nil, err
	}
	v := &visit{role: r, s: s, lasts: lasts(caller, agent)}
	v.Visit = Visit{
		Caller: r.name, Recording: r.file, Second: r.second,
		CallerTone: ToneTrack{Points: []TonePoint{}}, AgentTone: ToneTrack{Points: []TonePoint{}},
	}
	v.phone = phone.Config{
		Server: s.server.SIP, RequestURI: "sip:+12065550199@" + s.house.connector + ".voiceconnector.local",
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

// at is the media time of now, within the call.
func (v *visit) at() time.Duration { return time.Duration(v.played.Load()) }

// happen is the call from its first ring until the last event about it.
func (v *visit) happen(ctx context.Context) error {
	line, err := phone.Dial(ctx, environment.Environment{Log: v.s.cfg.Log}, v.phone)
	if err != nil {
		return timbre.Errorf(timbre.KindOf(err), "", "%s could not call: %w", v.name, err)
	}
	v.TransactionID = line.TransactionID
	if err := v.begin(ctx); err != nil {
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

// begin waits until the server can analyse the call, and starts both tasks. The caller has said yes to that: with real
// people, asking comes here, and no audio from before the start is used.
func (v *visit) begin(ctx context.Context) error {
	ready, cancel := context.WithTimeout(ctx, v.s.cfg.Slack)
	defer cancel()
	if _, err := v.await(ready, timbre.AnalyticsReady); err != nil {
		return err
	}
	h := v.s.house
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
	v.s.say.heard(0, v.name, "calls from %s, and agrees: both tasks are started", v.number)
	return nil
}

// listen follows the events of the call until all that the story needs are here.
func (v *visit) listen(ctx context.Context) error {
	patience := time.Duration(float64(v.lasts)/v.s.cfg.Speed) + v.s.cfg.Slack
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for missing := v.missing(); len(missing) > 0; missing = v.missing() {
		e, err := v.await(ctx, missing...)
		if err != nil {
			return err
		}
		if err := v.hear(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// await gives the next event of the call. When none comes in time, the error names what is missing.
func (v *visit) await(ctx context.Context, missing ...string) (event, error) {
	e, next, err := v.s.inbox.next(ctx, v.TransactionID, v.next)
	v.next = next
	if errors.Is(err, context.DeadlineExceeded) {
		return e, timbre.Errorf(timbre.Unavailable, "", "on %s's call (transaction %s) no %s came in time",
			v.name, v.TransactionID, strings.Join(missing, ", no "))
	}
	return e, err
}
