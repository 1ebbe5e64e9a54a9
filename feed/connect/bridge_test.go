package connect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
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
	responses []any // of each Open: bytes, late bytes, an error, or nil for a response that stays open; the last is repeated
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
	case late:
		pause(ctx, r.opens)
	}
	in, out := io.Pipe()
	context.AfterFunc(ctx, func() { _ = out.CloseWithError(ctx.Err()) })
	if r, comes := next.(late); comes {
		go func() {
			pause(ctx, r.after)
			_, _ = out.Write(r.text)
			_ = out.Close()
		}()
	}
	return in, nil
}

// late is a response that takes a time to open, and whose audio comes after another.
type late struct {
	opens, after time.Duration
	text         []byte
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
	cut := numbers(1, 3, "1") // each contact that ends in silence is asked for once more
	for name, c := range map[string]struct {
		responses []any
		want      int        // fragments
		asked     []Position // after the first
	}{
		"in one response":               {[]any{numbers(1, 5, "1"), nil}, 5, []Position{{Token: "after 5"}, {Token: "after 5"}}},
		"until another contact":         {[]any{slices.Concat(numbers(1, 5, "1"), numbers(6, 9, "2"))}, 5, nil},
		"after another contact":         {[]any{slices.Concat(numbers(1, 0, "2"), numbers(1, 5, "1")), nil}, 5, []Position{{Token: "after 5"}, {Token: "after 5"}}},
		"in two responses":              {[]any{numbers(1, 2, "1"), numbers(3, 5, "1"), nil}, 5, []Position{{Token: "after 2"}, {Token: "after 5"}, {Token: "after 5"}}},
		"fragments that come again":     {[]any{numbers(1, 3, "1"), numbers(2, 5, "1"), nil}, 5, []Position{{Token: "after 3"}, {Token: "after 5"}, {Token: "after 5"}}},
		"a response that is cut":        {[]any{cut[:len(cut)-40], numbers(3, 5, "1"), nil}, 5, []Position{{Token: "after 2"}, {Token: "after 5"}, {Token: "after 5"}}},
		"a response that is broken":     {[]any{slices.Concat(numbers(1, 3, "1"), []byte("\x00")), numbers(4, 5, "1"), nil}, 5, []Position{{Token: "after 3"}, {Token: "after 5"}, {Token: "after 5"}}},
		"a service that is down awhile": {[]any{numbers(1, 3, "1"), errors.New("503"), numbers(4, 5, "1"), nil}, 5, []Position{{Token: "after 3"}, {Token: "after 3"}, {Token: "after 5"}, {Token: "after 5"}}},
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
		"nothing comes":   {nil, "no audio of the contact 1 came for 30s"},
		"no such stream":  {timbre.Errorf(timbre.NotFound, "GetDataEndpoint", "no such stream"), "no such stream"},
		"no permission":   {timbre.Errorf(timbre.Invalid, "GetMedia", "not yours"), "not yours"},
		"a long fragment": {long.Bytes(), "longer than"},
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
	from, to := &kinesis{responses: []any{numbers(1, 9, "1"), nil}}, &recorder{script: []fault{{refuses: busy}, {refuses: busy}, {fragments: 4, restarts: true}}}
	if err := carry(t, from, to); err != nil {
		t.Errorf("got %v, want no error", err)
	}
	if len(to.calls) != 2 {
		t.Fatalf("got %d calls, want 2", len(to.calls))
	}
	if got := slices.Concat(to.calls[0].caller, to.calls[1].caller); !slices.Equal(got, upTo(9)) || len(to.calls[0].caller) == 0 {
		t.Errorf("got fragments %v and %v, want each once", to.calls[0].caller, to.calls[1].caller)
	}
	if to.calls[1].tags["ContactId"] != "1" {
		t.Errorf("got tags %v of the second call", to.calls[1].tags)
	}
}

func TestServerThatRefusesIsAskedForAWhile(t *testing.T) {
	for name, c := range map[string]struct {
		fault    fault
		attempts int
		took     time.Duration
		want     string
	}{
		"for now":              {fault{refuses: busy}, 11, 131 * time.Second, "lacks 9 fragments: the server does not take the call: 503"}, // 1 + 2 + 4 + 8 + 16 + 5 × 20 s
		"for good":             {fault{refuses: &Refusal{"404", false}}, 1, 0, "404"},
		"without a word":       {fault{silent: true}, 5, (5*30 + 1 + 2 + 4 + 8) * time.Second, "acknowledges nothing"},
		"and ends calls early": {fault{ends: true}, 11, 131 * time.Second, "ended before the contact"},
	} {
		t.Run(name, func(t *testing.T) {
			to := &recorder{always: &c.fault}
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				env := environment.Environment{Random: func() float64 { return 1 }}
				err := New(env, Config{}, Deps{&kinesis{responses: []any{numbers(1, 9, "1"), nil}}, to}).Carry(t.Context(), Contact{ID: "1", StreamARN: stream})
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want an error with %q", err, c.want)
				}
				if took := time.Since(began); took != c.took || to.attempts != c.attempts {
					t.Errorf("got %d attempts in %v, want %d in %v", to.attempts, took, c.attempts, c.took)
				}
			})
		})
	}
}

func TestStreamThatFailsIsOpenedForAWhile(t *testing.T) {
	down := timbre.Errorf(timbre.Unavailable, "GetMedia", "down")
	faulty := matroskatest.Document{Tracks: matroskatest.Connect(), At: 1, Blocks: []matroskatest.Block{{Track: 1, PCM: []int16{99}}}, After: []matroskatest.Tag{
		{Name: "AWS_KINESISVIDEO_ERROR_CODE", Value: "KMS_KEY_ACCESS_DENIED"}, {Name: "AWS_KINESISVIDEO_ERROR_ID", Value: "4500"},
	}}.Bytes()
	for name, c := range map[string]struct {
		responses []any
		heard     int
		want      string
	}{
		"from the beginning": {[]any{down}, 0, "could not be read for 2m0s: GetMedia: down"},
		"after some audio":   {[]any{numbers(1, 3, "1"), down}, 3, "could not be read for 2m0s: GetMedia: down"},
		"as it says itself":  {[]any{numbers(1, 3, "1"), faulty}, 3, "could not be read for 2m0s: GetMedia: the service ends the response: 4500 KMS_KEY_ACCESS_DENIED"},
		"for good":           {[]any{numbers(1, 3, "1"), timbre.Errorf(timbre.NotFound, "GetMedia", "no such stream")}, 3, "no such stream"},
	} {
		t.Run(name, func(t *testing.T) {
			to := &recorder{script: []fault{{acks: 1}}} // the acknowledgement of the last fragment does not come
			err := carry(t, &kinesis{responses: c.responses}, to)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
			if c.heard == 0 {
				return
			}
			if got := to.calls[0]; !slices.Equal(got.caller, upTo(c.heard)) || got.err == nil || got.owed > 0 {
				t.Errorf("got a call with %v and %v before %d acknowledgements, want %d fragments and an end that is none", got.caller, got.err, got.owed, c.heard)
			}
		})
	}
}

// Silence is that of a stream which can be read: one that fails for longer has audio afterwards.
func TestFailingStreamIsNotSilent(t *testing.T) {
	down := timbre.Errorf(timbre.Unavailable, "GetMedia", "down")
	responses := []any{numbers(1, 3, "1")}
	for range 7 { // 1 + 2 + 4 + 8 + 16 + 20 + 20 s at most
		responses = append(responses, down)
	}
	to := &recorder{}
	if err := carry(t, &kinesis{responses: append(responses, late{0, 20 * time.Second, numbers(4, 9, "1")}, nil)}, to); err != nil {
		t.Errorf("got %v, want no error", err)
	}
	if len(to.calls) != 1 || !slices.Equal(to.calls[0].caller, upTo(9)) || to.calls[0].err != nil {
		t.Errorf("got %+v, want nine fragments in one call", to.calls)
	}
}

// A connection to the stream may be lost without a sign: silence is believed to another one.
func TestSilenceIsThatOfTwoResponses(t *testing.T) {
	from, to := &kinesis{responses: []any{numbers(1, 3, "1"), nil, numbers(4, 6, "1"), nil, numbers(7, 9, "1"), nil}}, &recorder{}
	if err := carry(t, from, to); err != nil {
		t.Errorf("got %v, want no error", err)
	}
	if len(to.calls) != 1 || !slices.Equal(to.calls[0].caller, upTo(9)) || to.calls[0].err != nil {
		t.Errorf("got %+v, want nine fragments in one call", to.calls)
	}
}

// A stream that takes longer to open than the grace is not silent meanwhile.
func TestOpeningIsNotSilence(t *testing.T) {
	for name, again := range map[string][]any{
		"after silence":               {nil, late{10 * time.Second, time.Second, numbers(3, 4, "1")}, nil},
		"after a response of nothing": {nil, []byte(nil), late{10 * time.Second, time.Second, numbers(3, 4, "1")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := &kinesis{responses: append([]any{numbers(1, 2, "1")}, again...)}, &recorder{}
			if err := carry(t, from, to); err != nil {
				t.Error(err)
			}
			if len(to.calls) != 1 || !slices.Equal(to.calls[0].caller, upTo(4)) {
				t.Errorf("got calls %+v, want one with fragments 1 to 4", to.calls)
			}
		})
	}
}

// stuck is a Source whose service does not respond.
type stuck struct{ asked int }

func (s *stuck) Open(ctx context.Context, _ string, _ Position) (io.ReadCloser, error) {
	s.asked++
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestServiceThatDoesNotRespondFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := &stuck{}
		err := New(environment.Environment{}, Config{}, Deps{from, &recorder{}}).Carry(t.Context(), Contact{ID: "1", StreamARN: stream})
		if err == nil || !strings.Contains(err.Error(), errSlow.Error()) || from.asked < 3 {
			t.Errorf("got %v after %d attempts, want several, and that the service does not respond", err, from.asked)
		}
	})
}

// A server that takes nothing stops the reading of the stream, which is not silence.
func TestFullWindowStopsTheReading(t *testing.T) {
	one := fragmentOf(1, "1")
	synctest.Test(t, func(t *testing.T) {
		from, to := &kinesis{responses: []any{numbers(1, 50, "1"), nil}}, &recorder{script: []fault{{refuses: busy}, {refuses: busy}, {refuses: busy}, {refuses: busy}, {refuses: busy}, {refuses: busy}}}
		b := New(environment.Environment{}, Config{Held: 5 * len(one)}, Deps{from, to})
		began := time.Now()
		if err := b.Carry(t.Context(), Contact{ID: "1", StreamARN: stream}); err != nil {
			t.Error(err)
		}
		if len(to.calls) != 1 || !slices.Equal(to.calls[0].caller, upTo(50)) || time.Since(began) < 45*time.Second {
			t.Errorf("got %+v after %v, want all fragments", to.calls, time.Since(began))
		}
	})
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
		if took := time.Since(began); took != 20*time.Second {
			t.Errorf("got an end after %v, want twice 5 s after the 10 s: the stream is opened once more", took)
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
	asked    int
	fails    int
	hasty    bool // it does not wait for messages
	keeps    bool // what it has
}

func (q *queue) Receive(ctx context.Context) (all []Message, _ error) {
	if !q.hasty {
		pause(ctx, time.Second)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.asked++
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
	if q.keeps {
		return timbre.Errorf(timbre.Invalid, "DeleteMessage", "not yours")
	}
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

func TestContactsOfAQueueAreCarriedSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to, q := &recorder{}, &queue{fails: 2}
		b := New(environment.Environment{}, Config{Contacts: 2}, Deps{streams{}, to})
		event := func(id string) string {
			return contactEventJSON("QUEUED", id, strings.ReplaceAll(withStream, stream, "arn:aws:kinesisvideo:eu-west-2:1:stream/"+id))
		}
		q.messages = []string{event("1"), event("2"), "no event", event("1"), event("3"), contactEventJSON("INITIATED", "4", "")}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.Serve(ctx, q) }()
		<-time.After(10 * time.Second)
		if left, deleted := q.left(); deleted != 4 || len(left) != 2 {
			t.Errorf("got %d messages deleted and %q left, want 4, and that of contact 3, for which there is no place, and that which is none", deleted, left)
		}
		<-time.After(2 * time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		slices.SortFunc(to.calls, func(a, b *call) int { return strings.Compare(a.tags["ContactId"], b.tags["ContactId"]) })
		for i, id := range []string{"1", "2", "3"} {
			if got := to.calls[i]; got.tags["ContactId"] != id || !slices.Equal(got.caller, upTo(10)) || got.err != nil {
				t.Errorf("got %+v, want contact %s with ten fragments", got, id)
			}
		}
		if left, _ := q.left(); !slices.Equal(left, []string{"no event"}) {
			t.Errorf("got %q left, want what is no event", left)
		}
	})
}

// A queue is not asked again and again for messages that stay there, however soon it shows them again.
func TestMessagesThatStayAreAskedForLessAndLess(t *testing.T) {
	for name, q := range map[string]*queue{
		"not understood":     {messages: []string{"no event", "{}"}},
		"cannot be deleted":  {messages: []string{contactEventJSON("INITIATED", "4", "")}, keeps: true},
		"nothing, and hasty": {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := &bytes.Buffer{}
				b := New(environment.Environment{Log: slog.New(slog.NewTextHandler(log, nil))}, Config{}, Deps{streams{}, &recorder{}})
				q.hasty = true
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				if err := b.Serve(ctx, q); err != nil {
					t.Error(err)
				}
				most := 80 // 10 min, 10 s at least after the first few
				if len(q.messages) == 0 {
					most = 601
				}
				if q.asked < 30 || q.asked > most {
					t.Errorf("got %d requests in 10 min, want %d at most", q.asked, most)
				}
				if left, deleted := q.left(); deleted > 0 {
					t.Errorf("got %d deleted, %q left", deleted, left)
				}
				if lines := strings.Count(log.String(), "\n"); lines > 2 {
					t.Errorf("got %d lines in the log, want one besides that of the end: %s", lines, log)
				}
			})
		})
	}
}
