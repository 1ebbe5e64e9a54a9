package search

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"timbre"
	"timbre/search/dot"
)

// sizes of domains: 1,000 and 20,000 profiles, or what the environment says: TIMBRE_BENCH_PROFILES=20000,1000000.
func sizes() (all []int) {
	for text := range strings.FieldsFuncSeq(os.Getenv("TIMBRE_BENCH_PROFILES"), func(c rune) bool { return c == ',' }) {
		if n, err := strconv.Atoi(text); err == nil {
			all = append(all, n)
		}
	}
	if all == nil {
		return []int{1_000, 20_000}
	}
	return all
}

func drawn(n int) []timbre.Profile {
	r := rand.New(rand.NewPCG(9, 9))
	all := make([]timbre.Profile, n)
	for i := range all {
		all[i] = profile(fmt.Sprintf("%08x-0000-4000-8000-000000000000", i), randomVoice(r))
	}
	return all
}

func BenchmarkSearch(b *testing.B) {
	for _, n := range sizes() {
		all := drawn(n)
		s, v := searcher(b, Fixed(all), 0), voiceprint(randomVoice(rand.New(rand.NewPCG(9, 10))))
		if _, err := s.Search(b.Context(), "d", v); err != nil {
			b.Fatal(err)
		}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			began := processor()
			for b.Loop() {
				if _, err := s.Search(b.Context(), "d", v); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((processor()-began).Microseconds())/float64(b.N), "cpu-µs/op")
		})
		x := s.cache.domains["d"].indexes[kindOf(v)]
		b.Run(strconv.Itoa(n)+"-resembling", func(b *testing.B) { benchmarkResembling(b, n) })
		b.Run(strconv.Itoa(n)+"-exact", func(b *testing.B) { // what the first pass saves
			for b.Loop() {
				for _, o := range x.blocks {
					for i := range o.n {
						o.product(v.Embedding, i)
					}
				}
			}
		})
		b.Run(strconv.Itoa(n)+"-quantised", func(b *testing.B) { // the limit: nothing but the first pass's products
			var sums [blockRows]int32
			q := quantiseQuery(v.Embedding)
			for b.Loop() {
				for _, o := range x.blocks {
					dot.Rows8(q.values, o.high[:o.n*width(o.dim)], sums[:o.n])
				}
			}
		})
	}
}

// benchmarkResembling scans a domain for somebody who resembles all in it: half of them count.
func benchmarkResembling(b *testing.B, n int) {
	r, c := rand.New(rand.NewPCG(9, 11)), calibration(b)
	v, x := voiceprint(randomVoice(r)), newIndex(192)
	for i := range min(n, 20_000) {
		x.put(profile(strconv.Itoa(i), near(r, v.Embedding, 0.25+0.07*r.NormFloat64())), &c)
	}
	for b.Loop() {
		x.scan(newQuery(v, &c, 0.5))
	}
}

func BenchmarkChange(b *testing.B) {
	for _, n := range sizes() {
		c := calibration(b)
		x := newIndex(192)
		for _, p := range drawn(n) {
			x.put(p, &c)
		}
		again := drawn(1)[0]
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				x.remove(again.ID)
				x.put(again, &c)
			}
		})
		b.Run(strconv.Itoa(n)+"-expiry", func(b *testing.B) {
			at := noon // an hour before the others expire
			for b.Loop() {
				at = at.Add(time.Microsecond)
				again.Expires = at
				x.put(again, &c)
				x.expire(at)
			}
			if x.len() != n-1 {
				b.Fatalf("got %d profiles after the expiries, want all but one of %d", x.len(), n)
			}
		})
	}
}

// processor is the processor time of this process.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
