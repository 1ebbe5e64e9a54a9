package storetest

import (
	"fmt"
	"time"

	"timbre"
)

// letters returns the ids of the letters that a filter selects.
func (s *subject) letters(f timbre.LetterFilter) []string {
	s.Helper()
	list, err := s.Letters(s.Context(), f)
	s.must(err)
	return ids(list, func(l timbre.Letter) string { return l.ID })
}

// dead posts notices of lanes of their own and makes them dead letters.
func (s *subject) dead(cause string, notices ...timbre.Notice) {
	s.Helper()
	s.post(notices...)
	waiting, err := s.Letters(s.Context(), timbre.LetterFilter{Waiting: true})
	s.must(err)
	var outcomes []timbre.Outcome
	for _, l := range waiting {
		outcomes = append(outcomes, timbre.Outcome{Seq: l.Seq, Fate: timbre.Dead, Death: timbre.Death{Cause: cause, Error: "403", At: dawn()}})
	}
	s.must(s.Settle(s.Context(), outcomes))
}

var deadLetters = []fact{
	{"letters are selected by target, key, cause, age and number", func(s *subject) {
		old := notice("n1", "a", "q")
		old.Created = dawn().Add(-time.Hour)
		s.dead(timbre.CauseExpired, old)
		s.dead(timbre.CauseGone, notice("n2", "a", "r"))
		s.dead(timbre.CauseRefused, notice("n3", "b", "q"))
		s.post(notice("n4", "b", "q"))
		list, err := s.Letters(s.Context(), timbre.LetterFilter{})
		s.must(err)
		for _, c := range []struct {
			f    timbre.LetterFilter
			want []string
		}{
			{timbre.LetterFilter{}, []string{"n1", "n2", "n3"}},
			{timbre.LetterFilter{Target: "q"}, []string{"n1", "n3"}},
			{timbre.LetterFilter{Key: "a"}, []string{"n1", "n2"}},
			{timbre.LetterFilter{Cause: timbre.CauseGone}, []string{"n2"}},
			{timbre.LetterFilter{Before: dawn()}, []string{"n1"}},
			{timbre.LetterFilter{After: dawn()}, []string{"n2", "n3"}},
			{timbre.LetterFilter{Limit: 1}, []string{"n1"}},
			{timbre.LetterFilter{Seqs: []int64{list[1].Seq, list[2].Seq}}, []string{"n2", "n3"}},
			{timbre.LetterFilter{Waiting: true}, []string{"n4"}},
			{timbre.LetterFilter{Target: "q", Key: "b", Waiting: true}, []string{"n4"}},
		} {
			s.same(fmt.Sprintf("letters of %+v", c.f), s.letters(c.f), c.want)
		}
		s.same("waiting letters of a cause of death", len(s.letters(timbre.LetterFilter{Waiting: true, Cause: timbre.CauseGone})), 0)
	}},
	{"a letter has its payload, dead or waiting, also after a restart", func(s *subject) {
		s.dead(timbre.CauseRefused, notice("n1", "a", "q"))
		s.post(notice("n2", "a", "q"))
		s.reopen()
		for _, waiting := range []bool{false, true} {
			list, err := s.Letters(s.Context(), timbre.LetterFilter{Waiting: waiting})
			s.must(err)
			s.same("payload in a list", len(list[0].Payload), 0)
			got, err := s.Letter(s.Context(), list[0].Seq)
			s.must(err)
			s.same("notice", got.Notice, notice(got.ID, "a", "q"))
			s.same("dead", got.Dead, !waiting)
		}
		_, err := s.Letter(s.Context(), 99)
		s.refused("unknown letter", err, timbre.NotFound)
	}},
	{"a waiting letter that is retried is due at once and starts anew", func(s *subject) {
		s.post(notice("n1", "a", "q"), notice("n2", "a", "q"))
		s.postpone(s.due()[0].Seq, dawn().Add(time.Minute))
		s.same("due before", len(s.dueIDs()), 0)
		_, err := s.RetryLetters(s.Context(), timbre.LetterFilter{Waiting: true}, dawn())
		s.must(err)
		s.same("due", s.dueIDs(), []string{"n1"})
		got := s.first("n1", dawn())
		s.same("tries and age", []any{got.Tries, got.Waited}, []any{0, time.Duration(0)})
	}},
	{"letters are retried and dropped whatever their number, and no others", func(s *subject) {
		var many []timbre.Notice
		for i := range 1200 {
			many = append(many, notice(fmt.Sprint("n", i), fmt.Sprint("k", i), "q"))
		}
		s.dead(timbre.CauseExpired, append(many, notice("other", "a", "r"))...)
		n, err := s.RetryLetters(s.Context(), timbre.LetterFilter{Target: "q", Limit: 700}, dawn())
		s.must(err)
		s.same("retried", n, 700)
		n, err = s.DropLetters(s.Context(), timbre.LetterFilter{Target: "q"})
		s.must(err)
		s.same("dropped", n, 500)
		s.same("left", s.letters(timbre.LetterFilter{}), []string{"other"})
		n, err = s.DropLetters(s.Context(), timbre.LetterFilter{Target: "q", Waiting: true})
		s.must(err)
		s.same("waiting ones dropped", n, 700)
	}},
}
