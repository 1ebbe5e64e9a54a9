package connect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/feed/matroska"
	"timbre/feed/matroska/matroskatest"
)

// fragmentOf is the fragment of a number, of a contact, whose audio is one sample with that number.
func fragmentOf(number int, contact string) []byte {
	d := matroskatest.Document{
		Tracks: matroskatest.Connect(), At: uint64(1000 * number),
		Before: []matroskatest.Tag{{Name: tagNumber, Value: fmt.Sprintf("%047d", number)}},
		Blocks: []matroskatest.Block{{Track: 1, PCM: []int16{int16(number)}}, {Track: 2, PCM: []int16{int16(-number)}}},
		After:  []matroskatest.Tag{{Name: tagContact, Value: contact}, {Name: "AWS_KINESISVIDEO_MILLIS_BEHIND_NOW", Value: "0"}},
	}
	d.After = append(d.After, matroskatest.Tag{Name: tagContinue, Value: fmt.Sprint("after ", number)})
	return d.Bytes()
}

// kinesis is a Source in memory.
type kinesis struct {
	mu        sync.Mutex
	responses []any // of each Open: bytes, an error, or nil for a response that stays open; the last is repeated
	asked     []Position
}

func (k *kinesis) Open(ctx context.Context, _ string, from Position) (io.ReadCloser, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked = append(k.asked, from)
	next := k.responses[0]
	if len(k.responses) > 1 {
		k.responses = k.responses[1:]
	}
	switch r := next.(type) {
	case error:
		return nil, r
	case []byte:
		return io.NopCloser(bytes.NewReader(r)), nil
	}
	in, out := io.Pipe()
	context.AfterFunc(ctx, func() { _ = out.CloseWithError(ctx.Err()) })
	return in, nil
}

// recorder is a Sink that keeps what it takes.
type recorder struct {
	mu    sync.Mutex
	calls []call
	fails []error // of the first calls
	most  int     // items of the first call that it reads; 0: all
}

// call is one that was taken.
type call struct {
	caller []int // samples of the customer
	tags   map[string]string
	err    error // with which the stream ended
}

func (s *recorder) Put(_ context.Context, stream io.Reader) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.fails) > 0 {
		err := s.fails[0]
		s.fails = s.fails[1:]
		return err
	}
	c := call{tags: map[string]string{}}
	defer func() { s.calls = append(s.calls, c) }()
	r := matroska.NewReader(stream)
	for n := 1; ; n++ {
		item, err := r.Next()
		switch i := item.(type) {
		case matroska.Block:
			if i.Track == 1 {
				c.caller = append(c.caller, int(i.Payload[0]))
			}
		case matroska.Tag:
			if len(c.caller) == 0 {
				c.tags[i.Name] = i.Value
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			c.err = err
			return err
		}
		if n == s.most {
			s.most = 0
			return &Refusal{"the server was stopped", true}
		}
	}
}

// carry carries contact 1 from a source to a sink.
func carry(t *testing.T, from *kinesis, to *recorder) (err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := New(environment.Environment{}, Config{}, Deps{from, to})
		err = b.Carry(t.Context(), Contact{ID: "1", StreamARN: stream, Fragment: "0"})
		synctest.Wait()
	})
	return err
}

func numbers(from, to int, contact string) (all []byte) {
	for n := from; n <= to; n++ {
		all = append(all, fragmentOf(n, contact)...)
	}
	return all
}

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i+1)
	}
	return all
}

func TestContactBecomesACall(t *testing.T) {
	cut := numbers(1, 3, "1")
	for name, c := range map[string]struct {
		responses []any
		want      int        // fragments
		asked     []Position // after the first
	}{
		"in one response":               {[]any{numbers(1, 5, "1"), nil}, 5, []Position{{Token: "after 5"}}},
		"until another contact":         {[]any{slices.Concat(numbers(1, 5, "1"), numbers(6, 9, "2"))}, 5, nil},
		"after another contact":         {[]any{slices.Concat(numbers(1, 0, "2"), numbers(1, 5, "1")), nil}, 5, []Position{{Token: "after 5"}}},
		"in two responses":              {[]any{numbers(1, 2, "1"), numbers(3, 5, "1"), nil}, 5, []Position{{Token: "after 2"}, {Token: "after 5"}}},
		"fragments that come again":     {[]any{numbers(1, 3, "1"), numbers(2, 5, "1"), nil}, 5, []Position{{Token: "after 3"}, {Token: "after 5"}}},
		"a response that is cut":        {[]any{cut[:len(cut)-40], numbers(3, 5, "1"), nil}, 5, []Position{{Token: "after 2"}, {Token: "after 5"}}},
		"a response that is broken":     {[]any{slices.Concat(numbers(1, 3, "1"), []byte("\x00")), numbers(4, 5, "1"), nil}, 5, []Position{{Token: "after 3"}, {Token: "after 5"}}},
		"a service that is down awhile": {[]any{numbers(1, 3, "1"), errors.New("503"), numbers(4, 5, "1"), nil}, 5, []Position{{Token: "after 3"}, {Token: "after 3"}, {Token: "after 5"}}},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := &kinesis{responses: c.responses}, &recorder{}
			if err := carry(t, from, to); err != nil {
				t.Errorf("got %v, want no error", err)
			}
			if len(to.calls) != 1 || to.calls[0].err != nil {
				t.Fatalf("got calls %+v, want one, to its end", to.calls)
			}
			got := to.calls[0]
			if want := upTo(c.want); !slices.Equal(got.caller, want) {
				t.Errorf("got fragments %v, want %v", got.caller, want)
			}
			if got.tags["ContactId"] != "1" || got.tags["Caller"] != "AUDIO_FROM_CUSTOMER" || got.tags["StreamARN"] != stream {
				t.Errorf("got tags %v before the audio", got.tags)
			}
			if !slices.Equal(from.asked[1:], c.asked) || from.asked[0] != (Position{Fragment: "0"}) {
				t.Errorf("got positions %v, want %v after the first", from.asked, c.asked)
			}
		})
	}
}

func TestAudioOfOthersIsNotPassedOn(t *testing.T) {
	from, to := &kinesis{responses: []any{slices.Concat(numbers(1, 2, "2"), numbers(3, 4, "1"), numbers(5, 6, "3"))}}, &recorder{}
	if err := carry(t, from, to); err != nil {
		t.Error(err)
	}
	if len(to.calls) != 1 || !slices.Equal(to.calls[0].caller, []int{3, 4}) {
		t.Errorf("got %+v, want the fragments 3 and 4 alone", to.calls)
	}
}

func TestContactWithoutAudioFails(t *testing.T) {
	long := matroskatest.Document{Tracks: matroskatest.Connect()}
	for range 5 {
		long.Blocks = append(long.Blocks, matroskatest.Block{Track: 1, Data: make([]byte, 1_000_000)})
	}
	for name, c := range map[string]struct {
		response any
		want     string
	}{
		"nothing comes":     {nil, "no audio of the contact 1 came for 30s"},
		"the service fails": {timbre.Errorf(timbre.Unavailable, "GetMedia", "down"), "down"},
		"no such stream":    {timbre.Errorf(timbre.NotFound, "GetDataEndpoint", "no such stream"), "no such stream"},
		"no permission":     {timbre.Errorf(timbre.Invalid, "GetMedia", "not yours"), "not yours"},
		"a long fragment":   {long.Bytes(), "longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			to := &recorder{}
			err := carry(t, &kinesis{responses: []any{c.response}}, to)
			if err == nil || !strings.Contains(err.Error(), c.want) || len(to.calls) > 0 {
				t.Errorf("got %v and calls %+v, want an error with %q, and none", err, to.calls, c.want)
			}
		})
	}
}

func TestCallThatTheServerLosesGoesOnAsAnother(t *testing.T) {
	down := &Refusal{"503", true}
	from, to := &kinesis{responses: []any{numbers(1, 9, "1"), numbers(1, 9, "1"), numbers(1, 9, "1"), numbers(1, 9, "1"), nil}}, &recorder{fails: []error{down, down}, most: 12}
	if err := carry(t, from, to); err != nil {
		t.Errorf("got %v, want no error", err)
	}
	if len(to.calls) != 2 {
		t.Fatalf("got %d calls, want 2", len(to.calls))
	}
	first, second := to.calls[0].caller, to.calls[1].caller
	if len(first) == 0 || second[len(second)-1] != 9 || second[0] > first[len(first)-1]+1 {
		t.Errorf("got fragments %v and %v, want all of them", first, second)
	}
	if to.calls[1].tags["ContactId"] != "1" {
		t.Errorf("got tags %v of the second call", to.calls[1].tags)
	}
}

func TestServerThatRefusesIsAskedAFewTimes(t *testing.T) {
	for name, c := range map[string]struct {
		temporary bool
		want      int
	}{"for now": {true, patience}, "for good": {false, 1}} {
		t.Run(name, func(t *testing.T) {
			fails := make([]error, 10)
			for i := range fails {
				fails[i] = &Refusal{"no", c.temporary}
			}
			to := &recorder{fails: fails}
			if err := carry(t, &kinesis{responses: []any{numbers(1, 9, "1")}}, to); err == nil {
				t.Error("got no error, want the refusal")
			}
			if got := 10 - len(to.fails); got != c.want {
				t.Errorf("got %d attempts, want %d", got, c.want)
			}
		})
	}
}

func TestKnownEndShortensTheSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from, to := &kinesis{responses: []any{numbers(1, 5, "1"), nil}}, &recorder{}
		b := New(environment.Environment{}, Config{}, Deps{from, to})
		began := time.Now()
		b.Take(t.Context(), Contact{ID: "1", StreamARN: stream})
		<-time.After(10 * time.Second)
		b.HangUp("1")
		b.HangUp("another")
		b.Wait()
		if took := time.Since(began); took != 15*time.Second {
			t.Errorf("got an end after %v, want 5 s after the 10 s", took)
		}
		if len(to.calls) != 1 || to.calls[0].err != nil {
			t.Errorf("got %+v, want one call", to.calls)
		}
	})
}

func TestInterruptEndsTheContact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from, to := &kinesis{responses: []any{numbers(1, 5, "1"), nil}}, &recorder{}
		b := New(environment.Environment{}, Config{}, Deps{from, to})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := b.Carry(ctx, Contact{ID: "1", StreamARN: stream}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
		}
	})
}

// queue is a Queue in memory. Messages that are not deleted come again.
type queue struct {
	mu       sync.Mutex
	messages []string
	deleted  int
	fails    int
}

func (q *queue) Receive(ctx context.Context) (all []Message, _ error) {
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fails--; q.fails >= 0 {
		return nil, errors.New("the queue is down")
	}
	for _, m := range q.messages {
		all = append(all, Message{m, m})
	}
	return all, nil
}

// left are the messages that are not deleted, and how many are.
func (q *queue) left() (messages []string, deleted int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.messages), q.deleted
}

func (q *queue) Delete(_ context.Context, m Message) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.messages, m.Handle)
	q.messages = slices.Delete(q.messages, i, i+1)
	q.deleted++
	return nil
}

// streams is a Source with a contact a stream, that goes on for ten seconds.
type streams struct{}

func (streams) Open(ctx context.Context, arn string, from Position) (io.ReadCloser, error) {
	if from.Token != "" {
		return (&kinesis{responses: []any{nil}}).Open(ctx, arn, from)
	}
	_, contact, _ := strings.Cut(arn, ":stream/")
	return io.NopCloser(bytes.NewReader(numbers(1, 10, contact))), nil
}

// parallel is a Sink that takes several calls at once.
type parallel struct {
	mu   sync.Mutex
	ends []string
}

func (p *parallel) Put(ctx context.Context, stream io.Reader) error {
	one := &recorder{}
	err := one.Put(ctx, stream)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ends = append(p.ends, fmt.Sprint(one.calls[0].tags["ContactId"], " ", len(one.calls[0].caller), " ", err))
	return err
}

func TestContactsOfAQueueAreCarriedSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to, q := &parallel{}, &queue{fails: 2}
		b := New(environment.Environment{}, Config{Contacts: 2}, Deps{streams{}, to})
		event := func(id string) string {
			return contactEventJSON("QUEUED", id, strings.ReplaceAll(withStream, stream, "arn:aws:kinesisvideo:eu-west-2:1:stream/"+id))
		}
		q.messages = []string{event("1"), event("2"), "no event", event("1"), event("3"), contactEventJSON("INITIATED", "4", "")}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.Serve(ctx, q) }()
		<-time.After(10 * time.Second)
		if left, deleted := q.left(); deleted != 5 || len(left) != 1 {
			t.Errorf("got %d messages deleted and %q left, want 5, and that of contact 3, for which there is no place", deleted, left)
		}
		<-time.After(2 * time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		slices.Sort(to.ends)
		if want := []string{"1 10 <nil>", "2 10 <nil>", "3 10 <nil>"}; !slices.Equal(to.ends, want) {
			t.Errorf("got %q, want %q", to.ends, want)
		}
		if left, _ := q.left(); len(left) > 0 {
			t.Errorf("got %q left, want none", left)
		}
	})
}
