package main

import (
	"context"
	"errors"
	"os"
	"time"

	"timbre"
	"timbre/config"
	"timbre/environment"
	"timbre/node"
)

// product is a server without ports, in a folder of its own.
type product struct {
	*node.Stages
	ctx    context.Context
	folder string
}

// open starts it. Threads are embeddings at a time.
func open(ctx context.Context, threads int) (*product, error) {
	folder, err := os.MkdirTemp("", "timbre-lines-")
	if err != nil {
		return nil, err
	}
	s := config.Defaults()
	s.Data, s.Analytics, s.Records, s.Infer.Threads = folder, "always", 0, threads
	s.Limits = map[string]int{}
	stages, err := node.OpenStages(ctx, environment.Environment{}, s)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return &product{stages, ctx, folder}, nil
}

func (p *product) close() error {
	return errors.Join(p.Close(p.ctx), os.RemoveAll(p.folder))
}

// addConnector makes a connector, which the calls of one line share.
func (p *product) addConnector(id string) error {
	return p.Store.CreateConnector(p.ctx, timbre.Connector{ID: id, Name: id, Created: time.Now(), Updated: time.Now()})
}

// addDomain makes an empty domain.
func (p *product) addDomain(id string) error {
	return p.Store.CreateDomain(p.ctx, timbre.Domain{ID: id, Name: id, Created: time.Now(), Updated: time.Now()})
}

// leg is the audio of a leg: frames as they are received.
type leg []timbre.Frame

// frames cuts audio into frames, without those that are lost.
func frames(pcm []int16, lost []bool) (l leg) {
	for i := 0; i*timbre.FrameSamples < len(pcm); i++ {
		if from := i * timbre.FrameSamples; i >= len(lost) || !lost[i] {
			l = append(l, timbre.Frame{At: timbre.Duration(from), PCM: pcm[from:min(from+timbre.FrameSamples, len(pcm))]})
		}
	}
	return l
}

// until takes the frames before a media time away and hands them to a listener.
func (l *leg) until(at time.Duration, to timbre.Listener) {
	for len(*l) > 0 && (*l)[0].At < at {
		to.Frame((*l)[0])
		*l = (*l)[1:]
	}
}

// call places a call of a number with a speaker search on the caller's leg, and hangs up when enough is known or the speech ends. It returns the task
// as it ended, and when enough was known.
func (p *product) call(from, connector, domain string, caller, agent leg, enough func(timbre.Task) bool) (t timbre.Task, at time.Duration, err error) {
	c := timbre.Call{ConnectorID: connector, From: from, Legs: []timbre.Leg{{Side: timbre.Caller}, {Side: timbre.Callee, Index: 1}}}
	tx, to, err := p.Calls.Begin(p.ctx, c)
	if err != nil {
		return t, 0, err
	}
	t, err = p.Tasks.Start(p.ctx, timbre.Task{Kind: timbre.SpeakerSearch, ConnectorID: connector, TransactionID: tx, DomainID: domain, Side: timbre.Caller})
	if err != nil {
		return t, 0, err
	}
	clock := time.NewTicker(timbre.FrameDuration)
	defer clock.Stop()
	for at = 0; t.Active; at += timbre.FrameDuration {
		<-clock.C
		caller.until(at, to[0])
		agent.until(at, to[1])
		if at%(5*timbre.FrameDuration) != 0 {
			continue
		}
		if t, err = p.Tasks.Get(p.ctx, timbre.SpeakerSearch, connector, t.ID); err != nil {
			return t, at, err
		}
		if enough(t) || len(caller) == 0 {
			break
		}
	}
	if err := p.Calls.End(p.ctx, tx, ""); err != nil {
		return t, at, err
	}
	for t.Active {
		<-clock.C
		if t, err = p.Tasks.Get(p.ctx, timbre.SpeakerSearch, connector, t.ID); err != nil {
			return t, at, err
		}
	}
	return t, at, nil
}

// copyTo makes a profile of a domain from a voiceprint: that of a task that has searched another domain.
func (p *product) copyTo(domain string, voiceprint timbre.Voiceprint) (profile string, err error) {
	id := environment.Environment{}.Complete().NewID()
	now := time.Now()
	err = p.Store.CreateTask(p.ctx, timbre.Task{
		ID: id, Kind: timbre.SpeakerSearch, TransactionID: id, DomainID: domain, Status: timbre.Succeeded, Voiceprint: &voiceprint,
		VoiceprintStatus: timbre.VoiceprintGenerationSuccess, VoiceprintMade: now, Created: now, Updated: now, Ended: now,
	})
	if err != nil {
		return "", err
	}
	v, err := p.Tasks.Enrol(p.ctx, id)
	return v.ID, err
}
