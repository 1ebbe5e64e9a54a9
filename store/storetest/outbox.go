package storetest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"timbre"
)

// atTime returns the notices that are due at a time, of all targets, in the order in which they were posted.
func (s *subject) atTime(at time.Time) (list []timbre.Pending, err error) {
	depths, err := s.Depths(s.Context())
	if err != nil {
		return nil, err
	}
	var seqs []int64
	for _, d := range depths {
		due, err := s.Due(s.Context(), d.Target, at, 1000)
		if err != nil {
			return nil, err
		}
		for _, h := range append(due.First, due.Again...) {
			seqs = append(seqs, h.Seq)
		}
	}
	slices.Sort(seqs)
	return s.Load(s.Context(), seqs)
}

// due returns the notices that are due at dawn.
func (s *subject) due() []timbre.Pending {
	s.Helper()
	list, err := s.atTime(dawn())
	s.must(err)
	return list
}

func (s *subject) delivered(seq int64) {
	s.Helper()
	s.must(s.Settle(s.Context(), []timbre.Outcome{{Seq: seq, Fate: timbre.Delivered}}))
}

func (s *subject) postpone(seq int64, next time.Time) {
	s.Helper()
	s.must(s.Settle(s.Context(), []timbre.Outcome{{
		Seq: seq, Fate: timbre.Postponed, Next: next, Wait: time.Second, Death: timbre.Death{Error: "500"},
	}}))
}

func (s *subject) dueIDs() []string {
	s.Helper()
	return ids(s.due(), func(p timbre.Pending) string { return p.ID })
}

// post puts notices into the outbox, with a call that does not matter.
func (s *subject) post(notices ...timbre.Notice) {
	s.Helper()
	s.must(s.SaveCall(s.Context(), call("any"), notices))
}

var outbox = []fact{
	{"a notice stays unchanged until it is delivered", func(s *subject) {
		n := notice("n1", "k", "t")
		s.post(n)
		due := s.due()
		s.same("due", due, []timbre.Pending{{Notice: n, Seq: due[0].Seq}})
		s.delivered(due[0].Seq)
		s.same("due after delivery", len(s.due()), 0)
	}},
	{"the first notice of each key and target is due, oldest first, up to the limit", func(s *subject) {
		s.post(notice("n1", "a", "q"), notice("n2", "a", "q"), notice("n3", "b", "q"), notice("n4", "a", "r"))
		s.post(notice("n5", "a", "q"), notice("n6", "c", "q"))
		s.same("due", s.dueIDs(), []string{"n1", "n3", "n4", "n6"})
		for limit := range 4 {
			due, err := s.Due(s.Context(), "q", dawn(), limit)
			s.must(err)
			s.same("number", len(due.First), min(limit, 3))
		}
		s.delivered(s.due()[0].Seq)
		s.same("due when the first is delivered", s.dueIDs(), []string{"n2", "n3", "n4", "n6"})
	}},
	{"a postponed notice delays those behind it, no others, and counts its attempts", func(s *subject) {
		s.post(notice("n1", "a", "q"), notice("n2", "a", "q"), notice("n3", "b", "q"))
		later := dawn().Add(time.Minute)
		for tries := range 3 {
			s.postpone(s.first("n1", later).Seq, later)
			s.same("due", s.dueIDs(), []string{"n3"})
			got := s.first("n1", later)
			s.same("tries", []any{got.Tries, got.Waited}, []any{tries + 1, time.Duration(tries+1) * time.Second})
			s.same("notice", got.Notice, notice("n1", "a", "q"))
		}
		s.delivered(s.first("n1", later).Seq)
		s.same("tries of the next", s.first("n2", dawn()).Tries, 0)
	}},
	{"a new notice is due at once, whatever its clock said, and a postponed one at its time", func(s *subject) {
		n := notice("n1", "a", "q")
		n.Created = dawn().Add(24 * time.Hour)
		s.post(n)
		s.same("new", s.dueIDs(), []string{"n1"})
		next := dawn().Add(time.Minute)
		s.postpone(s.due()[0].Seq, next)
		for at, want := range map[time.Time]int{next.Add(-time.Microsecond): 0, next: 1, dawn().Add(-time.Hour): 1} { // an hour before: set back
			list, err := s.atTime(at)
			s.must(err)
			s.same("due at "+at.String(), len(list), want)
		}
		due, err := s.Due(s.Context(), "q", dawn(), 10)
		s.must(err)
		s.same("next", due.Next, next)
	}},
	{"depths count what each target has", func(s *subject) {
		s.post(notice("n1", "a", "q"), notice("n2", "a", "q"), notice("n3", "b", "r"))
		s.must(s.Settle(s.Context(), []timbre.Outcome{{Seq: s.first("n3", dawn()).Seq, Fate: timbre.Dead, Death: death()}}))
		size := int64(len(notice("n1", "a", "q").Payload) + 512)
		got, err := s.Depths(s.Context())
		s.must(err)
		s.same("depths", got, []timbre.Depth{
			{Target: "q", Waiting: 2, Bytes: 2 * size, Oldest: dawn()}, {Target: "r", Dead: 1, Bytes: size},
		})
	}},
	{"what has been removed is skipped, and its number is not reused", func(s *subject) {
		s.delivered(1)
		s.postpone(1, dawn())
		s.post(notice("n1", "a", "q"))
		seq := s.due()[0].Seq
		s.delivered(seq)
		s.delivered(seq)
		s.post(notice("n2", "a", "q"))
		s.same("a number given again", s.due()[0].Seq == seq, false)
	}},
	{"no number of an event is reserved twice, also after a restart", func(s *subject) {
		want := int64(0)
		for _, n := range []int64{1, 100, 1 << 16, 2} {
			want += n
			last, err := s.ReserveNumbers(s.Context(), n)
			s.must(err)
			s.same("last reserved number", last, want)
			s.reopen()
		}
	}},
	{"a dead letter keeps payload, attempts and last error, and frees its lane", func(s *subject) {
		s.post(notice("n1", "a", "q"), notice("n2", "a", "q"))
		seq := s.due()[0].Seq
		s.postpone(seq, dawn())
		s.must(s.Settle(s.Context(), []timbre.Outcome{{Seq: seq, Fate: timbre.Dead, Death: death()}}))
		s.same("due", s.dueIDs(), []string{"n2"})
		got, err := s.Letter(s.Context(), seq)
		s.must(err)
		s.same("letter", got, timbre.Letter{Pending: timbre.Pending{Notice: notice("n1", "a", "q"), Seq: seq, Tries: 2}, Dead: true, Death: death()})
		n, err := s.RetryLetters(s.Context(), timbre.LetterFilter{Target: "q", Key: "a", Cause: timbre.CauseRefused}, dawn())
		s.must(err)
		s.same("retried", n, 1)
		s.delivered(s.first("n2", dawn()).Seq)
		s.same("notice, behind the other", s.first("n1", dawn()).Notice, notice("n1", "a", "q"))
		s.same("tries", s.first("n1", dawn()).Tries, 0)
	}},
	{"a burial takes what its target has let wait for long enough", func(s *subject) {
		s.post(notice("n1", "a", "q"), notice("n2", "a", "q"), notice("n3", "b", "q"))
		s.must(s.Settle(s.Context(), []timbre.Outcome{{Seq: s.first("n3", dawn()).Seq, Fate: timbre.Postponed, Next: dawn(), TargetWait: time.Hour}}))
		s.post(notice("n4", "c", "q"))
		for _, c := range []struct {
			age  time.Duration
			want int
		}{{2 * time.Hour, 0}, {time.Hour, 3}, {time.Hour, 0}, {0, 1}} {
			n, err := s.Bury(s.Context(), "q", c.age, death(), 10)
			s.must(err)
			s.same("buried at the age of "+c.age.String(), n, c.want)
		}
		s.delivered(1) // it was on its way
		list, err := s.Letters(s.Context(), timbre.LetterFilter{Target: "q"})
		s.must(err)
		s.same("letters", len(list), 3)
		n, err := s.DropLetters(s.Context(), timbre.LetterFilter{Seqs: []int64{list[0].Seq}})
		s.must(err)
		s.same("dropped", n, 1)
	}},
	{"what yields is given up in its order, and what never yields stays", func(s *subject) {
		for i := range 9 {
			n := notice(fmt.Sprint("n", i), fmt.Sprint(i%2), "q")
			n.Yield = timbre.Yield(i % 3)
			s.post(n)
		}
		depths, err := s.Depths(s.Context())
		s.must(err)
		one := depths[0].Bytes / 9
		n, over, err := s.GiveUp(s.Context(), 5*one, 100)
		s.must(err)
		s.same("given up", []any{n, over}, []any{4, int64(0)})
		n, over, err = s.GiveUp(s.Context(), 0, 100)
		s.must(err)
		s.same("given up", []any{n, over}, []any{2, 3 * one})
		s.same("left", s.dueIDs(), []string{"n0", "n3"})
	}},
	{"each key and target keeps its order under any sequence of posts, deliveries and failures", func(s *subject) {
		rnd := rand.New(rand.NewPCG(1, 2))
		now, lanes, made := dawn(), map[string][]string{}, 0
		for range 400 {
			now = now.Add(time.Second)
			switch rnd.IntN(3) {
			case 0:
				var some []timbre.Notice
				for range 1 + rnd.IntN(3) {
					made++
					n := notice(fmt.Sprint("n", made), fmt.Sprint("k", rnd.IntN(3)), fmt.Sprint("t", rnd.IntN(2)))
					some = append(some, n)
					lanes[n.Key+n.Target] = append(lanes[n.Key+n.Target], n.ID)
				}
				s.post(some...)
			default:
				list, err := s.atTime(now)
				s.must(err)
				for _, p := range list {
					lane := lanes[p.Key+p.Target]
					if len(lane) == 0 || lane[0] != p.ID || !bytes.Contains(p.Payload, []byte(`"`+p.ID+`"`)) {
						s.Fatalf("got %+v due, want the first of %v", p, lane)
					}
					if rnd.IntN(2) == 0 {
						s.postpone(p.Seq, now.Add(time.Duration(rnd.IntN(5))*time.Second))
						continue
					}
					s.delivered(p.Seq)
					lanes[p.Key+p.Target] = lane[1:]
				}
			}
		}
		list, err := s.atTime(now.Add(time.Minute))
		s.must(err)
		var got, want []string
		for _, p := range list {
			got = append(got, p.ID)
		}
		for _, lane := range lanes {
			if len(lane) > 0 {
				want = append(want, lane[0])
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		s.same("the heads of all lanes", got, want)
	}},
}

func death() timbre.Death { return timbre.Death{Cause: timbre.CauseRefused, Error: "400", At: dawn()} }

// first returns a notice, which must be due at a time.
func (s *subject) first(id string, at time.Time) timbre.Pending {
	s.Helper()
	list, err := s.atTime(at)
	s.must(err)
	for _, p := range list {
		if p.ID == id {
			return p
		}
	}
	s.Fatalf("got no notice %s due at %s", id, at)
	return timbre.Pending{}
}
