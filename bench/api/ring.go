package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"timbre/bench/server"
	"timbre/environment"
	"timbre/sip/phone"
)

// The names of the measurements of starts: as many as the server takes, and half as many.
const (
	startName = "StartSpeakerSearchTask"
	halfName  = startName + ", half load"
)

// rounds is how often a run starts a task on each call.
const rounds = 5

// lines are live calls without media: no media is sent, so that what is measured is the start of a task and not
// the analysis of calls.
type lines struct {
	connector, domain string
	transactions      []string
}

func ring(ctx context.Context, s *server.Process, calls int) (l lines, err error) {
	deployment, err := s.SetUp(ctx)
	if err != nil {
		return l, err
	}
	l = lines{deployment.Connector, deployment.Domain, make([]string, calls)}
	var work errgroup.Group
	work.SetLimit(8)
	for i := range l.transactions {
		work.Go(func() error {
			call, err := phone.Dial(ctx, environment.Environment{}, phone.Config{
				Server: s.SIP, Metadata: true, From: "+12065550100", To: "+13605550199",
				Caller: phone.Party{AOR: "sip:caller@example.com"}, Callee: phone.Party{AOR: "sip:agent@example.com"},
			})
			if err != nil {
				return err
			}
			l.transactions[i] = call.TransactionID // the call lives on until the server stops
			return nil
		})
	}
	return l, work.Wait()
}

// requests are a start on each call, with a token as the SDKs send it.
func (l lines) requests(c client) (list []request, err error) {
	for _, t := range l.transactions {
		q, err := c.sign("POST", l.path(), fmt.Sprintf(`{"CallLeg":"Caller","ClientRequestToken":%q,"TransactionId":%q,"VoiceProfileDomainId":%q}`,
			uuid.NewString(), t, l.domain), "201")
		if err != nil {
			return nil, err
		}
		list = append(list, q)
	}
	return list, nil
}

func (l lines) path() string { return "/voice-connectors/" + l.connector + "/speaker-search-tasks" }

// load measures starts as fast as they are answered, and half as many a second.
func (l lines) load(ctx context.Context, c client, connections int, into *report) error {
	full, err := l.start(ctx, c, connections, 0)
	if err != nil {
		return err
	}
	into.add(startName, connections, full)
	half, err := l.start(ctx, c, connections, float64(len(full.took))/full.span.Seconds()/2)
	if err == nil {
		into.add(halfName, connections, half)
	}
	return err
}

// start measures starts: a task on each call, and again when those have been stopped. Neither that nor what the server then
// has to tell counts. They come as fast as they are answered, or so many a second.
func (l lines) start(ctx context.Context, c client, connections int, rate float64) (all measurement, err error) {
	for range rounds {
		starts, err := l.requests(c)
		if err != nil {
			return all, err
		}
		m, err := c.once(connections, starts, rate)
		if err != nil {
			return all, err
		}
		all.took, all.span, all.cpu = append(all.took, m.took...), all.span+m.span, all.cpu+m.cpu
		if err := l.stop(c, m.bodies); err != nil {
			return all, err
		}
		c.server.WaitIdle()
	}
	slices.Sort(all.took)
	return all, ctx.Err()
}

// stop ends the tasks that the answers tell of.
func (l lines) stop(c client, answers [][]byte) error {
	var stops []request
	for _, body := range answers {
		var a struct {
			SpeakerSearchTask struct{ SpeakerSearchTaskId string }
		}
		if err := json.Unmarshal(body, &a); err != nil {
			return err
		}
		q, err := c.sign("POST", l.path()+"/"+a.SpeakerSearchTask.SpeakerSearchTaskId+"?operation=stop", "", "204")
		if err != nil {
			return err
		}
		stops = append(stops, q)
	}
	_, err := c.once(8, stops, 0)
	return err
}
