package connect

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"timbre/environment"
)

// shaky is a Source of the fragments 1 to most, whose first responses fail in one way or another.
type shaky struct {
	random *rand.Rand
	most   int
	faults int
}

// response is one that its reader closes.
type response struct {
	io.Reader
	io.Closer
}

func (s *shaky) Open(ctx context.Context, _ string, from Position) (io.ReadCloser, error) {
	next := 1
	for _, text := range []string{from.Fragment, strings.TrimPrefix(from.Token, "after ")} {
		if n, err := strconv.Atoi(text); err == nil {
			next = n + 1
		}
	}
	stays, end := io.Pipe()
	context.AfterFunc(ctx, func() { _ = end.CloseWithError(ctx.Err()) })
	all := func() []byte { return numbers(next, s.most, "1") }
	if s.faults--; s.faults < 0 {
		return response{io.MultiReader(bytes.NewReader(all()), stays), stays}, nil
	}
	switch s.random.IntN(5) {
	case 0:
		return nil, errors.New("503")
	case 1:
		pause(ctx, time.Duration(s.random.Int64N(int64(20*time.Second))))
	case 2: // the connection is cut
		text := all()
		return response{io.MultiReader(bytes.NewReader(text[:s.random.IntN(len(text)+1)]), broken{}), stays}, nil
	case 3: // the service ends the response
		return response{bytes.NewReader(numbers(next, min(s.most, next+s.random.IntN(8)), "1")), stays}, nil
	case 4: // what was sent comes again
		next = max(1, next-s.random.IntN(4))
	}
	return response{io.MultiReader(bytes.NewReader(all()), stays), stays}, nil
}

// faultOf is what a random number does to an attempt at a call. Length is that of a fragment.
func faultOf(random *rand.Rand, length int) fault {
	switch random.IntN(7) {
	case 0:
		return fault{refuses: busy}
	case 1:
		return fault{ends: true}
	case 2:
		return fault{silent: true}
	case 3:
		return fault{fragments: 1 + random.IntN(6), acks: random.IntN(7)}
	}
	return fault{bytes: 1 + random.IntN(6*length), acks: random.IntN(4)}
}

// dice are random numbers for several goroutines.
func dice(seed uint64) func() float64 {
	random, mu := rand.New(rand.NewPCG(seed, 4)), sync.Mutex{}
	return func() float64 {
		mu.Lock()
		defer mu.Unlock()
		return random.Float64()
	}
}

// Whatever fails, each fragment's audio comes once and in order, or the contact ends with an error.
func TestAudioComesOnceAndInOrder(t *testing.T) {
	const most = 30
	length, failed := len(fragmentOf(1, "1")), 0
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		from, to := &shaky{random: rand.New(rand.NewPCG(seed, 5)), most: most, faults: random.IntN(12)}, &recorder{}
		for range random.IntN(12) {
			to.script = append(to.script, faultOf(random, length))
		}
		synctest.Test(t, func(t *testing.T) {
			b := New(environment.Environment{Random: dice(seed)}, Config{Held: (1 + random.IntN(8)) * length}, Deps{from, to})
			err := b.Carry(t.Context(), Contact{ID: "1", StreamARN: stream, Fragment: "0"})
			want := upTo(most)
			if err != nil {
				failed++
				if len(to.calls) == 0 {
					return
				}
				want = want[:min(most, len(to.calls[0].caller))]
			}
			if len(to.calls) != 1 || !slices.Equal(to.calls[0].caller, want) || err == nil && !slices.Equal(to.calls[0].callee, want) {
				t.Errorf("seed %d: got %v and %d calls: %v, want each of %d fragments once", seed, err, len(to.calls), to.calls[0].caller, most)
			}
		})
	}
	if failed > 100 {
		t.Errorf("got %d contacts that failed, want most of them carried", failed)
	}
}

// A server that loses calls gets what it has not acknowledged as another one.
func TestFragmentsThatAreNotAcknowledgedBeginTheNextCall(t *testing.T) {
	const most = 30
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 2))
		to := &recorder{}
		for range 1 + random.IntN(8) {
			to.script = append(to.script, fault{fragments: 1 + random.IntN(6), restarts: true})
		}
		synctest.Test(t, func(t *testing.T) {
			from := &shaky{random: random, most: most, faults: random.IntN(6)}
			if err := New(environment.Environment{Random: dice(seed)}, Config{}, Deps{from, to}).Carry(t.Context(), Contact{ID: "1", StreamARN: stream, Fragment: "0"}); err != nil {
				t.Errorf("seed %d: got %v", seed, err)
			}
			var caller, callee []int
			for _, c := range to.calls {
				caller, callee = append(caller, c.caller...), append(callee, c.callee...)
			}
			if want := upTo(most); !slices.Equal(caller, want) || !slices.Equal(callee, want) {
				t.Errorf("seed %d: got %v in %d calls, want each of %d fragments once", seed, caller, len(to.calls), most)
			}
		})
	}
}
