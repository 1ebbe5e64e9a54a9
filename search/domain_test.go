package search

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
)

// What is deleted while a search scans is not found: whoever deletes a voice may rely on the answer.
func TestAProfileDeletedDuringAScanIsNotFound(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 1))
	v, src := randomVoice(r), &source{}
	src.put("d", profile("kept", near(r, v, 0.95)), profile("deleted", v))
	s := searcher(t, src, 0.5)
	src.then = func() { src.remove("d", "deleted") } // the profiles have been read: the scan comes next
	found, err := s.Search(t.Context(), "d", voiceprint(v))
	if err != nil || ids(found) != "kept" || found.Sure {
		t.Errorf("got %q, sure %v, error %v; want kept, and not for sure", ids(found), found.Sure, err)
	}
}

func TestARenewedProfileOfAnotherModelLeavesTheIndexOfTheFirst(t *testing.T) {
	v, src := randomVoice(rand.New(rand.NewPCG(32, 1))), &source{}
	src.put("d", profile("p", v))
	s := searcher(t, src, 0.5)
	other := profile("p", v)
	other.Voiceprint.Model = "net 2"
	for _, step := range []struct {
		put  timbre.Profile
		want string
	}{{profile("p", v), "p"}, {other, ""}, {profile("p", v), "p"}} {
		src.put("d", step.put)
		if got, err := s.Search(t.Context(), "d", voiceprint(v)); err != nil || ids(got) != step.want {
			t.Errorf("model %s: got %q, %v; want %q", step.put.Voiceprint.Model, ids(got), err, step.want)
		}
	}
}

// A search that has found the copy of a domain before it is evicted leaves no voices in it.
func TestAnEvictedCopyKeepsNoVoices(t *testing.T) {
	v, src := randomVoice(rand.New(rand.NewPCG(34, 1))), &source{}
	src.put("d", profile("p", v))
	s := searcher(t, src, 0.5)
	now := time.Now()
	d := s.cache.open("d", now)
	s.Forget("d")
	r := &request{voice: voiceprint(v), rule: Rule{Threshold: 0.5, Strangers: 0.5, Prior: 0.5}}
	d.search(t.Context(), r, src, s.calibration("d"), now)
	if r.err != nil || len(d.indexes) != 0 {
		t.Errorf("got %v, and indexes %v, want none", r.err, d.indexes)
	}
}

// An erased voice leaves memory without another search.
func TestErasedVoicesLeaveMemoryAtOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(33, 1))
	for name, erase := range map[string]func(s *Searcher, src *source) error{
		"a deleted profile": func(s *Searcher, src *source) error {
			src.remove("d", "p")
			return s.Follow(t.Context(), "d")
		},
		"a renewed profile": func(s *Searcher, src *source) error {
			src.put("d", profile("p", randomVoice(r)))
			return s.Follow(t.Context(), "")
		},
		"a deleted domain": func(s *Searcher, _ *source) error {
			s.Forget("d")
			return nil
		},
		"all domains": func(s *Searcher, _ *source) error {
			s.Forget("")
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			v, src := randomVoice(r), &source{}
			src.put("d", profile("p", v), profile("q", randomVoice(r)))
			s := searcher(t, src, 0.5)
			if found, err := s.Search(t.Context(), "d", voiceprint(v)); err != nil || ids(found) != "p" {
				t.Fatalf("got %q, %v; want p", ids(found), err)
			}
			held := s.cache.domains["d"].indexes[kindOf(voiceprint(v))].blocks[0].high
			high := make([]int8, width(len(v)))
			quantise(v, high, make([]int16, len(v)))
			if !slices.Equal(held[:len(high)], high) {
				t.Fatal("got another voice in the first row")
			}
			if err := erase(s, src); err != nil {
				t.Fatal(err)
			}
			for i := 0; i+len(high) <= len(held); i += len(high) {
				if slices.Equal(held[i:i+len(high)], high) {
					t.Errorf("got the voice in row %d, want it overwritten", i/len(high))
				}
			}
		})
	}
}

func TestFollowReadsNoDomainThatIsNotSearched(t *testing.T) {
	src := &source{}
	src.put("d", profile("p", randomVoice(rand.New(rand.NewPCG(34, 1)))))
	s := searcher(t, src, 0.5)
	if err := s.Follow(t.Context(), "d"); err != nil || src.followed != 0 {
		t.Errorf("got %d reads, %v; want none", src.followed, err)
	}
}

// Searches that come during a scan share the next one.
func TestSearchesThatWaitShareAScan(t *testing.T) {
	const n = 20
	r := rand.New(rand.NewPCG(35, 1))
	v, src := randomVoice(r), &source{}
	src.put("d", profile("p", v), profile("q", randomVoice(r)))
	s := searcher(t, src, 0.5)
	var all sync.WaitGroup
	src.then = func() { // the first search holds the domain
		for range n {
			all.Go(func() {
				if found, err := s.Search(t.Context(), "d", voiceprint(v)); err != nil || ids(found) != "p" {
					t.Errorf("got %q, %v; want p", ids(found), err)
				}
			})
		}
		for d := s.cache.domains["d"]; ; runtime.Gosched() {
			d.queue.mu.Lock()
			waiting := len(d.queue.waiting)
			d.queue.mu.Unlock()
			if waiting == n {
				return
			}
		}
	}
	if _, err := s.Search(t.Context(), "d", voiceprint(v)); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	if src.followed != 4 { // before and after each of two scans
		t.Errorf("got %d reads of the source, want 4", src.followed)
	}
}

// A fault of the source is told to all that wait, and the next search reads all again.
func TestAFaultWhileFollowingIsFollowedByAFreshCopy(t *testing.T) {
	r := rand.New(rand.NewPCG(36, 1))
	v, src, now := randomVoice(r), &source{}, noon
	src.put("d", profile("p", v))
	s := New(environment.Environment{Now: func() time.Time { return now }}, Config{}, Deps{src, calibration(t), nil})
	for i, want := range []string{"p", "", "p"} {
		src.err = nil
		if want == "" {
			src.err = timbre.Errorf(timbre.Internal, "", "disk on fire")
		}
		found, err := s.Search(t.Context(), "d", voiceprint(v))
		if ids(found) != want || (err == nil) != (want != "") {
			t.Errorf("search %d: got %q, %v; want %q", i, ids(found), err, want)
		}
	}
	if src.reads != 2 {
		t.Errorf("got %d whole reads, want 2", src.reads)
	}
}
