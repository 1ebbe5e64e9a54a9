package storetest

import (
	"fmt"
	"sync"
	"time"

	"timbre"
)

// crowd is the number of concurrent operations.
const crowd = 16

// contest runs an operation concurrently: one must succeed, and the rest must be refused with a kind.
func (s *subject) contest(what string, loss timbre.Kind, try func(i int) error) (winner int) {
	s.Helper()
	errs := s.together(try)
	winner = -1
	for i, err := range errs {
		switch {
		case err != nil:
			s.refused(fmt.Sprint(what, " ", i), err, loss)
		case winner >= 0:
			s.Errorf("%s: got success of %d and %d, want one", what, winner, i)
		default:
			winner = i
		}
	}
	if winner < 0 {
		s.Fatalf("%s: got no success, want one", what)
	}
	return winner
}

func (s *subject) together(do func(i int) error) []error {
	errs, begin := make([]error, crowd), make(chan struct{})
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			<-begin
			errs[i] = do(i)
		})
	}
	close(begin)
	all.Wait()
	return errs
}

func (s *subject) allWell(errs []error) {
	s.Helper()
	for _, err := range errs {
		s.must(err)
	}
}

var races = []fact{
	{"of concurrent starts on one transaction, one succeeds", func(s *subject) {
		won := s.contest("start", timbre.Limit, func(i int) error {
			return s.CreateTask(s.Context(), tone(fmt.Sprint("t", i), "a call"))
		})
		list, err := s.ActiveTasks(s.Context())
		s.must(err)
		s.same("active", ids(list, refID), []string{fmt.Sprint("t", won)})
	}},
	{"of concurrent resources with one name, one is created", func(s *subject) {
		s.contest("create", timbre.Conflict, func(i int) error {
			return s.CreateResource(s.Context(), timbre.Resource{Kind: "thing", ID: fmt.Sprint("r", i), Name: "same"})
		})
	}},
	{"of concurrent updates that claim a free resource, one succeeds", func(s *subject) {
		s.must(s.CreateResource(s.Context(), timbre.Resource{Kind: "thing", ID: "r1"}))
		won := s.contest("update", timbre.Conflict, func(i int) error {
			_, err := s.UpdateResource(s.Context(), "thing", "r1", func(r *timbre.Resource) error {
				if r.Document != nil {
					return timbre.Errorf(timbre.Conflict, "take", "It is taken.")
				}
				r.Document = fmt.Append(nil, i)
				return nil
			})
			return err
		})
		got, err := s.Resource(s.Context(), "thing", "r1")
		s.must(err)
		s.same("taken by", string(got.Document), fmt.Sprint(won))
	}},
	{"of concurrent starts with one token, one creates a task", func(s *subject) {
		s.contest("start", timbre.Conflict, func(i int) error {
			t := tone(fmt.Sprint("t", i), fmt.Sprint("call ", i))
			t.Token = "same"
			return s.CreateTask(s.Context(), t)
		})
	}},
	{"of concurrent enrolments of one task, one creates a profile", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.searched("t1", "d1", 1)
		won := s.contest("enrol", timbre.Conflict, func(i int) error {
			return s.EnrolProfile(s.Context(), profile(fmt.Sprint("p", i), "d1", 1), "t1")
		})
		s.same("profiles", len(s.voices("d1", dawn())), 1)
		s.same("the task's profile", s.task("t1").ProfileID, fmt.Sprint("p", won))
	}},
	{"of concurrent domains with one token, one is created", func(s *subject) {
		s.contest("create", timbre.Conflict, func(i int) error {
			d := domain(fmt.Sprint("d", i))
			d.Token = "same"
			return s.CreateDomain(s.Context(), d)
		})
	}},
	{"of concurrent configurations with one name, one is created", func(s *subject) {
		s.contest("create", timbre.Conflict, func(i int) error {
			c := configuration(fmt.Sprint("f", i))
			c.Name = "same"
			return s.CreateConfiguration(s.Context(), c)
		})
	}},
	{"a configuration is not deleted while a pipeline on it is created", func(s *subject) {
		c := configuration("f1")
		s.must(s.CreateConfiguration(s.Context(), c))
		errs := s.together(func(i int) error {
			if i%2 == 0 {
				return s.DeleteConfiguration(s.Context(), c.ID)
			}
			p := pipeline(fmt.Sprint("p", i))
			p.ConfigurationARN, p.Ended = c.ARN, time.Time{}
			return s.CreatePipeline(s.Context(), p, nil)
		})
		live, err := s.LivePipelines(s.Context())
		s.must(err)
		_, err = s.Configuration(s.Context(), c.ARN)
		if err == nil {
			s.same("pipelines of the configuration that is there", len(live), crowd/2)
		} else {
			s.refused("the configuration", err, timbre.NotFound)
			s.same("pipelines of the configuration that is gone", len(live), 0)
		}
		deleted := err != nil
		for i, err := range errs {
			switch {
			case err == nil:
			case deleted:
				s.refused(fmt.Sprint(i), err, timbre.NotFound)
			default:
				s.refused(fmt.Sprint(i), err, timbre.Conflict)
			}
		}
	}},
	{"no concurrent update of a domain is lost", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), timbre.Domain{ID: "d1", Tags: map[string]string{}}))
		s.allWell(s.together(func(i int) error {
			_, err := s.UpdateDomain(s.Context(), "d1", func(d *timbre.Domain) { d.Tags[fmt.Sprint(i)] = "x" })
			return err
		}))
		d, err := s.Domain(s.Context(), "d1")
		s.must(err)
		s.same("tags", len(d.Tags), crowd)
	}},
	{"no concurrent profile is lost, and the generation counts each", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		was := s.generation("d1")
		for i := range crowd {
			s.searched(fmt.Sprint("t", i), "d1", i)
		}
		s.allWell(s.together(func(i int) error {
			return s.EnrolProfile(s.Context(), profile(fmt.Sprint("p", i), "d1", i), fmt.Sprint("t", i))
		}))
		s.same("profiles", len(s.voices("d1", dawn())), crowd)
		if grown := s.generation("d1") - was; grown < crowd {
			s.Errorf("got a generation grown by %d, want at least %d", grown, crowd)
		}
	}},
	{"notices of concurrent writers keep each writer's order", func(s *subject) {
		const each = 5
		s.allWell(s.together(func(i int) error {
			for n := range each {
				err := s.SaveCall(s.Context(), call(fmt.Sprint("x", i)), []timbre.Notice{notice(fmt.Sprintf("%d.%d", i, n), "key", "target")})
				if err != nil {
					return err
				}
			}
			return nil
		}))
		seen := map[string]int{}
		for range crowd * each {
			due := s.due()
			if len(due) != 1 {
				s.Fatalf("got %d due on one lane, want 1", len(due))
			}
			var i, n int
			_, err := fmt.Sscanf(due[0].ID, "%d.%d", &i, &n)
			s.must(err)
			writer := fmt.Sprint(i)
			s.same("number of the next notice of writer "+writer, n, seen[writer])
			seen[writer]++
			s.delivered(due[0].Seq)
		}
		s.same("left", len(s.due()), 0)
	}},
	{"concurrent reads see whole transactions only", func(s *subject) {
		s.must(s.CreateTask(s.Context(), tone("t0", "a call")))
		s.allWell(s.together(func(i int) error {
			if i < crowd/2 {
				t := tone("t0", "a call")
				t.Message = fmt.Sprint(i)
				return s.SaveTask(s.Context(), t, []timbre.Notice{notice(fmt.Sprint(i), fmt.Sprint(i), "q")})
			}
			due, err := s.atTime(dawn())
			if err != nil {
				return err
			}
			t, err := s.Task(s.Context(), timbre.VoiceTone, "t0")
			if err == nil && len(due) > 0 && t.Message == "" {
				err = fmt.Errorf("%d notices are there and the task is not", len(due))
			}
			return err
		}))
	}},
}
