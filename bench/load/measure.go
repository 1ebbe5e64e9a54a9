package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/go-json-experiment/json"
	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/bench/server"
	"timbre/environment"
	"timbre/sip/phone"
)

// idle is how long a server without calls is watched.
const idle = 10 * time.Second

// measure is one run: a fresh server, calls that begin at random within a time, and how long each answer took.
func measure(ctx context.Context, binary string, v voices, calls int, spread time.Duration) (r round, err error) {
	names := make(chan answer, calls)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { receive(q, names) }))
	defer hook.Close()
	s, err := server.Start(ctx, server.Config{Binary: binary, Log: os.Stderr, Env: []string{"TIMBRE_LOG_LEVEL=warn", server.Listener(hook.URL)}})
	if err != nil {
		return r, err
	}
	defer s.Stop()
	r.start, r.before = s.Took, s.Memory("VmRSS")
	deployment, err := s.SetUp(ctx)
	if err != nil {
		return r, err
	}

	began, cpu := time.Now(), s.CPU()
	due := make(chan map[string]time.Time, 1) // by task: when its caller's tenth second was through
	due <- map[string]time.Time{}
	work, ctx := errgroup.WithContext(ctx)
	for range calls {
		later := time.Duration(rand.Int64N(int64(spread)))
		work.Go(func() error {
			<-time.After(later)
			return call(ctx, deployment, s.SIP, v, due)
		})
	}
	if calls == 0 {
		<-time.After(idle)
	}
	if err := work.Wait(); err != nil {
		return r, err
	}
	r.cpu, r.span = s.CPU()-cpu, time.Since(began)
	r.after, r.peak = s.Memory("VmRSS"), s.Memory("VmHWM")
	times := <-due
	for len(r.delays) < calls {
		select {
		case a := <-names:
			r.delays = append(r.delays, a.at.Sub(times[a.task]))
		case <-time.After(10 * time.Second):
			return r, nil // the report says how many answers there were
		}
	}
	return r, nil
}

// call makes one call at real time, with both tasks from its first frame.
func call(ctx context.Context, o server.Deployment, sip string, v voices, due chan map[string]time.Time) error {
	line, err := phone.Dial(ctx, environment.Environment{}, phone.Config{
		Server: sip, Metadata: true, From: "+12065550100", To: "+13605550199",
		Caller: phone.Party{AOR: "sip:caller@example.com", Audio: v.caller}, Callee: phone.Party{AOR: "sip:agent@example.com", Audio: v.agent},
	})
	if err != nil {
		return err
	}
	task, err := analyse(ctx, o, line.TransactionID)
	if err != nil {
		return fmt.Errorf("starting the tasks: %w", err)
	}
	all := <-due
	all[task] = time.Now().Add(v.tenth)
	due <- all
	if err := line.Play(ctx); err != nil {
		return err
	}
	return line.Hangup(ctx)
}

// answer is a webhook with a name, or with none.
type answer struct {
	task string
	at   time.Time
}

func receive(q *http.Request, names chan<- answer) {
	at := time.Now()
	body, _ := io.ReadAll(q.Body)
	var e struct {
		Detail struct {
			TaskID       string `json:"taskId"`
			DetailStatus string `json:"detailStatus"`
		} `json:"detail"`
	}
	if json.Unmarshal(body, &e) == nil && (e.Detail.DetailStatus == timbre.IdentificationNoMatches || e.Detail.DetailStatus == timbre.IdentificationSuccessful) {
		names <- answer{e.Detail.TaskID, at}
	}
}
