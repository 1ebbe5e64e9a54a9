package storetest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"timbre"
)

// due returns the notices that are due at dawn.
func (s *subject) due() []timbre.Pending {
	s.Helper()
	list, err := s.Due(s.Context(), dawn(), 1000)
	s.must(err)
	return list
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

func (s *subject) next() (time.Time, bool) {
	s.Helper()
	at, some, err := s.NextDue(s.Context())
	s.must(err)
	return at, some
}

var outbox = []fact{
	{"a notice stays unchanged until it is delivered", func(s *subject) {
		n := notice("n1", "k", "t")
		s.post(n)
		due := s.due()
		s.same("due", due, []timbre.Pending{{Notice: n, Seq: due[0].Seq}})
		s.must(s.Delivered(s.Context(), due[0].Seq))
		s.same("due after delivery", len(s.due()), 0)
	}},
	{"the first notice of each key and target is due, oldest first, up to the limit", func(s *subject) {
		s.post(notice("n1", "a", "q"), notice("n2", "a", "q"), notice("n3", "b", "q"), notice("n4", "a", "r"))
		s.post(notice("n5", "a", "q"), notice("n6", "c", "q"))
		s.same("due", s.dueIDs(), []string{"n1", "n3", "n4", "n6"})
		for limit := range 6 {
			list, err := s.Due(s.Context(), dawn(), limit)
			s.must(err)
			s.same("number", len(list), min(limit, 4))
		}
		s.must(s.Delivered(s.Context(), s.due()[0].Seq))
		s.same("due when the first is delivered", s.dueIDs(), []string{"n2", "n3", "n4", "n6"})
	}},
	{"a postponed notice delays those behind it, no others, and counts its attempts", func(s *subject) {
		s.post(notice("n1", "a", "q"), notice("n2", "a", "q"), notice("n3", "b", "q"))
		later := dawn().Add(time.Minute)
		for tries := range 3 {
			s.must(s.Postpone(s.Context(), s.first("n1", later).Seq, later, "500 from the sink"))
			s.same("due", s.dueIDs(), []string{"n3"})
			got := s.first("n1", later)
			s.same("tries", got.Tries, tries+1)
			s.same("notice", got.Notice, notice("n1", "a", "q"))
		}
		s.must(s.Delivered(s.Context(), s.first("n1", later).Seq))
		s.same("tries of the next", s.first("n2", dawn()).Tries, 0)
	}},
	{"a notice is due from its creation on, and not before its next attempt", func(s *subject) {
		n := notice("n1", "a", "q")
		n.Created = dawn().Add(time.Microsecond)
		s.post(n)
		s.same("before its making", len(s.due()), 0)
		next := dawn().Add(time.Minute)
		s.must(s.Postpone(s.Context(), s.first("n1", n.Created).Seq, next, "refused"))
		for at, want := range map[time.Time]int{next.Add(-time.Microsecond): 0, next: 1} {
			list, err := s.Due(s.Context(), at, 10)
			s.must(err)
			s.same("due at "+at.String(), len(list), want)
		}
	}},
	{"NextDue is the earliest of all", func(s *subject) {
		_, some := s.next()
		s.same("in an empty outbox", some, false)
		s.post(notice("n1", "a", "q"), notice("n2", "b", "q"))
		at, some := s.next()
		s.same("new ones", []any{at, some}, []any{dawn(), true})
		for i, p := range s.due() {
			s.must(s.Postpone(s.Context(), p.Seq, dawn().Add(time.Duration(2-i)*time.Minute), "refused"))
		}
		at, some = s.next()
		s.same("postponed ones", []any{at, some}, []any{dawn().Add(time.Minute), true})
		for _, id := range []string{"n1", "n2"} {
			s.must(s.Delivered(s.Context(), s.first(id, dawn().Add(time.Hour)).Seq))
		}
		_, some = s.next()
		s.same("when all are delivered", some, false)
	}},
	{"what is not in the outbox is NotFound, and its number is not reused", func(s *subject) {
		s.refused("Delivered", s.Delivered(s.Context(), 1), timbre.NotFound)
		s.refused("Postpone", s.Postpone(s.Context(), 1, dawn(), ""), timbre.NotFound)
		s.post(notice("n1", "a", "q"))
		seq := s.due()[0].Seq
		s.must(s.Delivered(s.Context(), seq))
		s.refused("Delivered again", s.Delivered(s.Context(), seq), timbre.NotFound)
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
				list, err := s.Due(s.Context(), now, 100)
				s.must(err)
				for _, p := range list {
					lane := lanes[p.Key+p.Target]
					if len(lane) == 0 || lane[0] != p.ID || !bytes.Contains(p.Payload, []byte(`"`+p.ID+`"`)) {
						s.Fatalf("got %+v due, want the first of %v", p, lane)
					}
					if rnd.IntN(2) == 0 {
						s.must(s.Postpone(s.Context(), p.Seq, now.Add(time.Duration(rnd.IntN(5))*time.Second), "refused"))
						continue
					}
					s.must(s.Delivered(s.Context(), p.Seq))
					lanes[p.Key+p.Target] = lane[1:]
				}
			}
		}
		list, err := s.Due(s.Context(), now.Add(time.Hour), 100)
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

// first returns a notice, which must be due at a time.
func (s *subject) first(id string, at time.Time) timbre.Pending {
	s.Helper()
	list, err := s.Due(s.Context(), at, 1000)
	s.must(err)
	for _, p := range list {
		if p.ID == id {
			return p
		}
	}
	s.Fatalf("got no notice %s due at %s", id, at)
	return timbre.Pending{}
}
