package trial

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/bench/server"
	"timbre/cmd/timbre/demo/calls"
	"timbre/environment"
	"timbre/sip/phone"
)

// speed is that of the calls, times real time.
const speed = 20

// book has what the server has said that it has done.
type book struct {
	mu       sync.Mutex
	calls    []string        // that it has answered
	searches []string        // that it has started
	tones    []string        // that it has started
	ended    []string        // searches whose calls have ended, to be enrolled
	analysed map[string]bool // calls that have a task
	profiles map[string]bool // false: deleted
	doubtful map[string]bool // profiles whose deletion it has not answered
	refused  int             // what was asked of it and not done
	shed     int             // of that, what it had no time for
	faults   []string
}

func newBook() *book {
	return &book{analysed: map[string]bool{}, profiles: map[string]bool{}, doubtful: map[string]bool{}}
}

func (b *book) note(write func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	write()
}

// caller places one call after the other until ctx ends.
type caller struct {
	place   server.Deployment
	sip     string
	book    *book
	excused *atomic.Bool // an error is no fault now
	speaker int
}

func (c *caller) run(ctx context.Context) {
	for i := 0; ctx.Err() == nil; i++ {
		err := c.enrol(ctx, c.book.next())
		if err == nil {
			err = c.call(ctx, []string{"s1_enrol", "s2_enrol", "s1_second", "s3_enrol"}[(i+c.speaker)%4])
		}
		if err != nil {
			wait(ctx, c.refused(err))
		}
	}
}

// refused notes an error, and returns for how long to wait after it. Overload is no fault: calls at this speed may be too much for the
// machine.
func (c *caller) refused(err error) time.Duration {
	after := 200 * time.Millisecond
	c.book.note(func() {
		c.book.refused++
		switch {
		case overloaded(err):
			c.book.shed++
			after = time.Second
		case !c.excused.Load():
			c.book.faults = append(c.book.faults, fmt.Sprintf("a healthy server refuses: %v", err))
		}
	})
	return after
}

func overloaded(err error) bool {
	throttled := (*vtypes.ThrottledClientException)(nil)
	return timbre.KindOf(err) == timbre.Throttled || errors.As(err, &throttled)
}

// call places a call and has it analysed.
func (c *caller) call(ctx context.Context, name string) error {
	line, err := dial(ctx, c.sip, name)
	if err != nil {
		return fmt.Errorf("call: %w", err)
	}
	id := line.TransactionID
	c.book.note(func() { c.book.calls = append(c.book.calls, id) })
	search, err := c.analyse(ctx, id)
	if err != nil {
		_ = line.Hangup(ctx)
		return err
	}
	if err := line.Play(ctx); err != nil {
		_ = line.Hangup(context.WithoutCancel(ctx))
		return fmt.Errorf("play: %w", err)
	}
	if err := line.Hangup(ctx); err != nil {
		return fmt.Errorf("hang up: %w", err)
	}
	c.book.note(func() { c.book.ended = append(c.book.ended, search) })
	return nil
}

func dial(ctx context.Context, to, name string) (*phone.Call, error) {
	recorded, err := calls.Find(name)
	if err != nil {
		return nil, err
	}
	customer, err := recorded.Leg("caller")
	if err != nil {
		return nil, err
	}
	agent, err := recorded.Leg("agent")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return phone.Dial(ctx, environment.Environment{}, phone.Config{
		Server: to, From: "+12065550100", To: "+12065550199", Metadata: true, Speed: speed,
		Caller: phone.Party{AOR: "sip:+12065550100@example.com", Audio: customer}, Callee: phone.Party{AOR: "sip:agent@example.com", Audio: agent},
	})
}

// analyse starts both tasks on a call.
func (c *caller) analyse(ctx context.Context, call string) (search string, err error) {
	s, err := c.place.API.StartSpeakerSearchTask(ctx, &voice.StartSpeakerSearchTaskInput{
		VoiceConnectorId: &c.place.Connector, TransactionId: &call, VoiceProfileDomainId: &c.place.Domain, CallLeg: vtypes.CallLegTypeCaller,
	})
	if err != nil {
		return "", err
	}
	search = *s.SpeakerSearchTask.SpeakerSearchTaskId
	c.book.note(func() { c.book.searches, c.book.analysed[call] = append(c.book.searches, search), true })
	t, err := c.place.API.StartVoiceToneAnalysisTask(ctx, &voice.StartVoiceToneAnalysisTaskInput{
		VoiceConnectorId: &c.place.Connector, TransactionId: &call, LanguageCode: vtypes.LanguageCodeEnUs,
	})
	if err != nil {
		return "", err
	}
	c.book.note(func() { c.book.tones = append(c.book.tones, *t.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId) })
	return search, nil
}

// next takes a search that has not been enrolled; empty: there is none.
func (b *book) next() (search string) {
	b.note(func() {
		if len(b.ended) > 0 {
			search, b.ended = b.ended[0], b.ended[1:]
		}
	})
	return search
}

// enrol makes a profile of the voiceprint of a search, which may be one of an earlier server, if it has one. One that is still active is
// left for later.
func (c *caller) enrol(ctx context.Context, search string) error {
	if search == "" {
		return nil
	}
	g, err := c.place.API.GetSpeakerSearchTask(ctx, &voice.GetSpeakerSearchTaskInput{VoiceConnectorId: &c.place.Connector, SpeakerSearchTaskId: &search})
	if err != nil {
		return err
	}
	switch timbre.TaskStatus(*g.SpeakerSearchTask.SpeakerSearchTaskStatus) {
	case timbre.InProgress, timbre.InQueue:
		c.book.note(func() { c.book.ended = append(c.book.ended, search) })
		return nil
	case timbre.Succeeded:
	default:
		return nil
	}
	made, err := c.place.API.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &search})
	if err != nil {
		return err
	}
	return c.keep(ctx, *made.VoiceProfile.VoiceProfileId)
}

// keep notes a profile, and deletes every other one.
func (c *caller) keep(ctx context.Context, profile string) error {
	drop := false
	c.book.note(func() {
		drop = len(c.book.profiles)%2 == 1
		c.book.profiles[profile] = true
		c.book.doubtful[profile] = drop
	})
	if !drop {
		return nil
	}
	_, err := c.place.API.DeleteVoiceProfile(ctx, &voice.DeleteVoiceProfileInput{VoiceProfileId: &profile})
	if err == nil {
		c.book.note(func() { c.book.profiles[profile], c.book.doubtful[profile] = false, false })
	}
	return err
}
